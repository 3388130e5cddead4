package dev.midge.nats.services.internal

import dev.midge.nats.NatsException
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subscription
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The life of a service.
 *
 * INVARIANTS: [isStopping] goes to true once, by whoever then ends all that is in [endpoints] and [verbs] and completes [ended]; [cause] is
 * written before that and read after it. Whoever adds to one of the lists looks at [isStopping] afterwards, and ends what it has added if
 * that is set: so nothing is left, whichever comes first.
 */
internal class ServiceRun(private val nats: NatsOperations, val facts: ServiceFacts) {
    val endpoints = CopyOnWriteArrayList<EndpointRun>()
    private val verbs = CopyOnWriteArrayList<Subscription>()
    private val serving = Serving(this)
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val isStopping = AtomicBoolean()
    private var cause: NatsException? = null
    private var drainFailure: Throwable? = null
    private val ended = CompletableDeferred<Unit>()

    val isActive: Boolean
        get() = !isStopping.get()

    suspend fun start(definitions: List<EndpointDefinition>) {
        try {
            subscribe(definitions)
            Verbs(nats, facts) { endpoints }.subscribe { watched(it, verbs::add) }
            awaitKnown()
        } catch (e: Throwable) {
            withContext(NonCancellable) { abandon() }
            throw e
        }
    }

    /** Adds endpoints; none of them if one cannot be. */
    suspend fun add(definitions: List<EndpointDefinition>) {
        val before = endpoints.toSet()
        try {
            check(isActive) { "the service '${facts.name}' is stopped and takes no more endpoints" }
            subscribe(definitions)
            check(isActive) { "the service '${facts.name}' was stopped while endpoints were added" }
            awaitKnown()
        } catch (e: Throwable) {
            val added = endpoints.filter { it !in before && it.definition in definitions }
            endpoints.removeAll(added)
            withContext(NonCancellable) { added.forEach { it.subscription.unsubscribe() } }
            throw e
        }
    }

    private suspend fun subscribe(definitions: List<EndpointDefinition>) {
        for (definition in definitions) {
            val endpoint = EndpointRun.start(definition, nats, serving)
            watched(endpoint.subscription) { endpoints += endpoint }
        }
    }

    private inline fun watched(subscription: Subscription, add: (Subscription) -> Unit) {
        add(subscription)
        scope.launch {
            try {
                subscription.awaitEnd()
                stopIfWanted(subscription)
            } catch (e: NatsException) {
                stopFor(e)
            }
        }
    }

    /** An orderly end that nobody has asked for is that of the connection. */
    private fun stopIfWanted(subscription: Subscription) {
        if (subscription in verbs || endpoints.any { it.subscription === subscription }) stopFor(null)
    }

    /** Returns when the server knows of all; throws if it has refused one. */
    private suspend fun awaitKnown() {
        nats.flush()
        (endpoints.map { it.subscription } + verbs).filter { !it.isActive }.forEach { it.awaitEnd() }
    }

    /** Begins the end, because of [cause] unless that is `null`; the first one counts. */
    fun stopFor(cause: NatsException?) {
        if (!isStopping.compareAndSet(false, true)) return
        this.cause = cause
        if (cause != null) log.warn("the service '{}' ({}) stops: {}", facts.name, facts.id, cause.message)
        scope.launch { end() }
    }

    /** Endpoints first: as long as they answer, the service can be found. */
    private suspend fun end() {
        val ofEndpoints = drain(endpoints.map { it.subscription })
        // In any case: what does not answer any more is not to be found.
        val ofVerbs = drain(verbs)
        drainFailure = ofEndpoints ?: ofVerbs
        ended.complete(Unit)
    }

    private suspend fun drain(subscriptions: List<Subscription>): Throwable? = coroutineScope {
        subscriptions.map { async { runCatching { it.drain() }.exceptionOrNull() } }.awaitAll().firstOrNull { it != null }
    }

    /** The start has failed. */
    private suspend fun abandon() {
        isStopping.set(true)
        (endpoints.map { it.subscription } + verbs).forEach { it.unsubscribe() }
        ended.complete(Unit)
    }

    suspend fun stop() {
        check(currentCoroutineContext()[Serving]?.run !== this) {
            "stop() of the service '${facts.name}' was called by its own handler and would wait for itself; use close(), which does not wait"
        }
        stopFor(null)
        ended.await()
        drainFailure?.let { throw it }
    }

    suspend fun awaitEnd() {
        ended.await()
        cause?.let { throw it }
    }
}
