package dev.midge.nats

import dev.midge.nats.internal.client.requireNoHandlerOf
import dev.midge.nats.internal.pool.ConnectionSelector
import dev.midge.nats.internal.pool.MergedEvents
import dev.midge.nats.internal.pool.MergedState
import dev.midge.nats.internal.pool.PooledRequester
import dev.midge.nats.internal.pool.PooledSubscriber
import dev.midge.nats.internal.pool.RoutedPublisher
import dev.midge.nats.internal.pool.drainAll
import dev.midge.nats.internal.pool.inParallel
import dev.midge.nats.internal.pool.living
import dev.midge.nats.internal.pool.pingAll
import dev.midge.nats.internal.pool.throwFirst
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlin.time.Duration

/**
 * Several connections to the same servers, used as one: for programs that one connection, with one coroutine that writes and one that
 * reads, cannot keep busy. Most programs do not need it.
 *
 * **Ordering**: [selection] says by which connection a message goes, and so which order is kept: by default that of each subject. It
 * narrows what [NatsPublisher] promises. A request and its replies go by one connection.
 *
 * **Subscriptions** are spread over the connections in turn; each stays where it is. `subscribe` and `respond` return when the server has
 * confirmed the subscription, which takes a round trip: otherwise a publish by another connection could be ahead of it. So what is published
 * after they returned is delivered, by whichever connection it goes. (If all connections are lost, or the chosen one is meanwhile, they return
 * all the same: its next server is told of it. And if the connections are to different servers of a cluster, these need a moment more to
 * tell each other.) They throw [FlushTimeoutException] if the
 * server does not confirm within [TimeoutOptions.flush], having ended the subscription. [NatsOptions.echo] `false` keeps a connection's own
 * messages from it, not those of the others.
 *
 * **Life**: each connection connects with the first operation that falls to it, or all by [connect]; each reconnects by itself. [flush] and
 * [ping] are for all. A connection that has ended for good, because reconnecting was given up, is left out from then on; the pool goes on
 * with the others.
 *
 * All members may be called from any thread.
 *
 * ```
 * val nats = NatsConnectionPool("nats://localhost:4222", size = 4) { name = "import" }
 * nats.publish("people.joe", "hello".encodeToByteArray())
 * nats.drain()
 * ```
 *
 * @property options what its connections were made with.
 * @property connections all of them, to look at: ending one of them is not meant.
 * @property selection how the connection for a message is chosen.
 */
public class NatsConnectionPool private constructor(
    public val options: NatsOptions,
    public val connections: List<NatsConnection>,
    public val selection: PoolSelection,
    internal val selector: ConnectionSelector,
    internal val subscriber: PooledSubscriber,
) : Nats,
    NatsPublisher by RoutedPublisher(selector),
    NatsSubscriber by subscriber,
    NatsRequester by PooledRequester(selector, subscriber) {
    internal constructor(
        options: NatsOptions,
        connections: List<NatsConnection>,
        selection: PoolSelection,
        selector: ConnectionSelector = ConnectionSelector(connections, selection),
    ) : this(options, connections, selection, selector, PooledSubscriber(connections, selector))

    /**
     * A pool of [size] connections with [options]. Opens no socket yet.
     *
     * @throws IllegalArgumentException if [size] is less than 1.
     */
    @JvmOverloads
    public constructor(options: NatsOptions, size: Int = defaultSize(), selection: PoolSelection = PoolSelection.BySubject) :
        this(options, connections(options, size), selection)

    /**
     * A pool of [size] connections to [servers] (`nats://host:port[,host:port]`), with the options set by [configure]. Opens no socket yet.
     *
     * @throws IllegalArgumentException if a server or an option is not valid, or [size] is less than 1.
     */
    public constructor(
        servers: String = NatsOptions.DEFAULT_SERVER,
        size: Int = defaultSize(),
        selection: PoolSelection = PoolSelection.BySubject,
        configure: NatsOptions.Builder.() -> Unit = {},
    ) : this(NatsOptions(servers, configure), size, selection)

    override val state: StateFlow<ConnectionState> = MergedState(connections)

    override val events: Flow<NatsEvent> = MergedEvents(connections)

    override fun newInbox(): Subject = connections.first().newInbox()

    @InternalNatsApi
    override fun seam(subject: Subject): Seam = selector.connection(subject).seam(subject)

    override fun stats(): NatsStats = connections.map { it.stats() }.reduce(NatsStats::plus)

    override suspend fun connect() {
        connections.living().inParallel { it.connect() }.throwFirst()
    }

    override suspend fun reconnect() {
        connections.living().inParallel { it.reconnect() }.throwFirst()
    }

    /**
     * The time of a round trip by the slowest connection, through everything that waits in any of the outbound buffers. Connects those
     * that are not.
     */
    override suspend fun ping(timeout: Duration?): Duration = connections.pingAll(timeout)

    /**
     * Ends all connections as [NatsConnection.drain] does. All stay open for publishing until the subscriptions of all have handled what was
     * received: handlers may publish by the pool to the end.
     *
     * @throws DrainTimeoutException if subscribers took longer than [timeout]; the pool is closed all the same.
     * @throws ConnectionLostException if a connection was lost meanwhile; the others were drained.
     */
    override suspend fun drain(timeout: Duration?) {
        requireNoHandlerOf(connections.map { it.supervisor })
        selector.isEnding = true
        connections.living().drainAll(timeout).throwFirst()
    }

    /** Ends all connections as [NatsConnection.close] does. Idempotent; returns when all sockets are closed. */
    override suspend fun close() {
        selector.isEnding = true
        connections.inParallel { it.close() }.throwFirst()
    }

    override fun toString(): String = "NatsConnectionPool(${options.servers}, ${connections.size} connections, $selection, ${state.value})"

    private companion object {
        /** Half of the cores: the server or the program has use for the others. */
        fun defaultSize(): Int = (Runtime.getRuntime().availableProcessors() / 2).coerceAtLeast(1)

        fun connections(options: NatsOptions, size: Int): List<NatsConnection> {
            require(size >= 1) { "size is $size; a pool has at least 1 connection" }
            return List(size) { NatsConnection(options) }
        }
    }
}
