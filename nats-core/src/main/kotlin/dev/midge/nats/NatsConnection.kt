package dev.midge.nats

import dev.midge.nats.internal.client.ConnectionSeam
import dev.midge.nats.internal.client.Publisher
import dev.midge.nats.internal.client.RawWriter
import dev.midge.nats.internal.client.RequestMultiplexer
import dev.midge.nats.internal.client.Requester
import dev.midge.nats.internal.client.Subscriber
import dev.midge.nats.internal.client.requireNoHandlerOf
import dev.midge.nats.internal.connection.ConnectionDrain
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.OffReaderSharedFlow
import dev.midge.nats.internal.connection.OffReaderStateFlow
import dev.midge.nats.internal.connection.awaitRefused
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.connection.roundTrip
import dev.midge.nats.internal.connection.roundTripWhileProgressing
import dev.midge.nats.internal.transport.Connector
import dev.midge.nats.internal.transport.TcpConnector
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.bytestring.ByteString
import kotlinx.io.bytestring.asReadOnlyByteBuffer
import kotlin.time.Duration
import kotlin.time.TimeSource

/**
 * A connection to a NATS server: every operation of [NatsOperations], and its life.
 *
 * It connects with the first operation or by [connect], goes on with another server when the one in use is lost (see [ReconnectOptions]), and
 * ends by [drain] or [close], or when reconnecting is given up. One connection serves a whole program: all members may be called from any thread, and concurrent publishers share its batches.
 *
 * ```
 * val nats = NatsConnection("nats://localhost:4222")
 * launch { nats.messages("people.*").collect { println(it.subject + ": " + it.text()) } }
 * nats.publish("people.joe", "hello".encodeToByteArray())
 * nats.drain()
 * ```
 *
 * @property options what it was made with.
 */
public class NatsConnection private constructor(
    public val options: NatsOptions,
    internal val supervisor: ConnectionSupervisor,
    internal val publisher: Publisher,
    private val subscriber: Subscriber,
    private val replies: RequestMultiplexer,
    private val requester: Requester = Requester(supervisor, publisher, subscriber, replies),
) : Nats,
    NatsPublisher by publisher,
    NatsSubscriber by subscriber,
    NatsRequester by requester {
    private constructor(options: NatsOptions, parts: ConnectionParts) :
        this(options, parts.supervisor, Publisher(parts.supervisor), Subscriber(parts.supervisor), parts.replies)

    internal constructor(options: NatsOptions, connector: Connector) : this(options, ConnectionParts(options, connector))

    /** A connection with [options]. Opens no socket yet. */
    public constructor(options: NatsOptions) : this(options, TcpConnector(options.ownReaderThread))

    /**
     * A connection to one of [servers] (`nats://host:port[,host:port]`), with the options set by [configure]. Opens no socket yet.
     *
     * @throws IllegalArgumentException if a server or an option is not valid.
     */
    public constructor(servers: String = NatsOptions.DEFAULT_SERVER, configure: NatsOptions.Builder.() -> Unit = {}) :
        this(NatsOptions(servers, configure))

    private val ownSeam: Seam = ConnectionSeam(this, requester, replies)

    override val state: StateFlow<ConnectionState> = OffReaderStateFlow(supervisor.state)

    /** What the server last said of itself, or `null` before the first connect. */
    public val serverInfo: StateFlow<ServerInfo?> = OffReaderStateFlow(supervisor.server.info)

    override val events: SharedFlow<NatsEvent> = OffReaderSharedFlow(supervisor.events.events)

    override fun stats(): NatsStats {
        val outbound = supervisor.outbound.counters
        return NatsStats(
            sentMessages = outbound.messages,
            sentBytes = outbound.writtenBytes,
            receivedMessages = supervisor.inbound.messages,
            receivedBytes = supervisor.inbound.bytes,
            pendingBytes = outbound.pendingBytes,
            pendingMessages = outbound.pendingMessages,
            subscriptions = supervisor.registry.size,
            droppedMessages = supervisor.inbound.dropped,
            pendingRequests = replies.pendingRequests,
            connects = supervisor.connects,
            discardedMessages = outbound.discardedMessages,
        )
    }

    override suspend fun connect() {
        supervisor.awaitConnected()
    }

    override suspend fun reconnect() {
        supervisor.reconnect()
    }

    override suspend fun ping(timeout: Duration?): Duration {
        val limit = timeout ?: options.timeouts.flush
        val roundTrip = withTimeoutOrNull(limit) {
            supervisor.awaitConnected()
            val start = TimeSource.Monotonic.markNow()
            offReader { supervisor.roundTrip() }
            start.elapsedNow()
        }
        return roundTrip ?: throw FlushTimeoutException(limit)
    }

    /**
     * Whether the server has answered for all subscriptions so far, and those that it has refused are known. `false` when nothing has gone on
     * for [limit].
     */
    internal suspend fun confirmSubscriptions(limit: Duration): Boolean = offReader {
        supervisor.roundTripWhileProgressing(limit) && withTimeoutOrNull(limit) { supervisor.awaitRefused() } != null
    }

    override fun newInbox(): Subject = ownSeam.newInbox()

    @InternalNatsApi
    override fun seam(subject: Subject): Seam = ownSeam

    override suspend fun drain(timeout: Duration?) {
        requireNoHandlerOf(listOf(supervisor))
        drain(timeout, beforeEnd = {})
    }

    /** As the public one; stays open, when all that was received has been handled, until [beforeEnd] returns. */
    internal suspend fun drain(timeout: Duration?, beforeEnd: suspend () -> Unit) {
        ConnectionDrain(supervisor, replies).run(timeout ?: options.timeouts.drain, beforeEnd)
    }

    override suspend fun close() {
        supervisor.close()
    }

    /**
     * Writes [operations], encoded beforehand, [repeat] times: each time as a whole, in order with what is published.
     *
     * They have to be whole `PUB` and `HPUB` frames as the client protocol describes them, with one space between arguments. That is checked
     * before anything is written, unless [checked] is `false`: then they may be anything that ends with a line end, are not counted as
     * messages, and are written to the server in use or not at all. An incomplete frame makes the server end the connection, and a PING, SUB
     * or UNSUB of one's own confuses what this connection knows of its server.
     *
     * @throws IllegalArgumentException if the bytes are not what they have to be; the message says where.
     */
    @DelicateNatsApi
    public suspend fun writeRaw(operations: ByteString, repeat: Int = 1, checked: Boolean = true) {
        RawWriter(supervisor).write(operations.asReadOnlyByteBuffer(), repeat, checked)
    }

    override fun toString(): String = "NatsConnection(${options.servers}, ${state.value})"
}

/** The two parts of a connection that know each other. */
private class ConnectionParts(options: NatsOptions, connector: Connector) {
    /** Made with the [supervisor], which tells it what concerns requests. */
    lateinit var replies: RequestMultiplexer
        private set

    val supervisor = ConnectionSupervisor(options, connector) { supervisor -> RequestMultiplexer(supervisor).also { replies = it } }
}
