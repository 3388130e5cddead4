package dev.midge.nats.services

import dev.midge.nats.NatsOperations
import dev.midge.nats.services.internal.QueueGroup
import dev.midge.nats.services.internal.ServiceRun

/**
 * An instance of a service, as [service] has started it (ADR-32): it answers requests to its endpoints, and those of everybody who looks for
 * services. All members may be called from any thread.
 *
 * It ends by [stop], with its client, or for the reason that [awaitEnd] throws. A loss of the connection that is mended does not end it.
 */
public class Service internal constructor(
    private val nats: NatsOperations,
    private val run: ServiceRun,
    private val queueGroup: () -> QueueGroup,
) : AutoCloseable {
    /** The id of this instance, which no other one has. */
    @get:JvmName("id")
    public val id: String
        get() = run.facts.id

    /** Whether requests are still taken. */
    @get:JvmName("isActive")
    public val isActive: Boolean
        get() = run.isActive

    /** What it says of itself to those who look for it. */
    public fun info(): ServiceInfo = ServiceInfo(run.facts.info(run.endpoints))

    /** What it has done. Asks endpoints for their own data ([EndpointOptions.statsData]), which may block. */
    public fun stats(): ServiceStats = ServiceStats(run.facts.stats(run.endpoints))

    /** Sets all counters to zero, and forgets the last errors. */
    public fun reset() {
        run.endpoints.forEach { it.counters.reset() }
    }

    /**
     * Adds the endpoints that [configure] adds, and returns when the server knows of them. None can be taken away again.
     *
     * @throws IllegalStateException if the service is stopped.
     * @throws dev.midge.nats.PermissionViolationException if the server does not let this user subscribe to one; the service stops for it.
     */
    public suspend fun add(configure: Endpoints.() -> Unit) {
        run.add(Endpoints(nats, "", queueGroup, ArrayList()).apply(configure).definitions)
    }

    /**
     * Takes no more requests, answers those that have come, then cannot be found any more, and returns. Idempotent. Cancelling the call does
     * not take it back.
     *
     * @throws dev.midge.nats.DrainTimeoutException if handlers took longer than [drain][dev.midge.nats.TimeoutOptions.drain]; what waited for
     *   them was discarded, and the service has ended.
     * @throws IllegalStateException if a handler of the service calls it: it would wait for itself. Nothing is ended.
     */
    public suspend fun stop(): Unit = run.stop()

    /** Begins what [stop] does, and does not wait for it. */
    override fun close(): Unit = run.stopFor(null)

    /**
     * Returns once the service has ended, by [stop] or with its client. Cancelling the call changes nothing.
     *
     * @throws dev.midge.nats.NatsException what has ended it before its time: the server does not permit one of its subscriptions, or the
     *   connection was lost for good.
     */
    public suspend fun awaitEnd(): Unit = run.awaitEnd()

    override fun toString(): String = "Service(${run.facts.name} ${run.facts.version}, $id, active=$isActive)"
}

/**
 * Starts an instance of the service [name] in its [version], with what [configure] sets and the endpoints that it adds. Returns when the
 * server knows of all: whoever asks afterwards is answered.
 *
 * ```
 * val orders = nats.service("orders", "1.2.0") {
 *     description = "takes orders"
 *     group("orders.v1") {
 *         endpoint("create") { request -> create(request.payload) }
 *         endpoint<Item, Price>("price") { item -> priceOf(item) }
 *     }
 * }
 * ```
 * Works over a connection, a pool and shards: of shards, each endpoint is where its subject belongs, and so are the subjects by which
 * services are found.
 *
 * @throws IllegalArgumentException if a name, a version or an option is not valid.
 * @throws dev.midge.nats.PermissionViolationException if the server does not let this user subscribe to what is needed. If this throws
 *   anything, or is cancelled, nothing of the service is left.
 */
public suspend fun NatsOperations.service(name: String, version: String, configure: ServiceBuilder.() -> Unit): Service {
    val builder = ServiceBuilder(this, name, version).apply(configure)
    val run = ServiceRun(this, builder.facts())
    run.start(builder.definitions)
    return Service(this, run, builder::group)
}
