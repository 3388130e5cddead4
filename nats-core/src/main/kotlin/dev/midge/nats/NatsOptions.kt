package dev.midge.nats

import dev.midge.nats.internal.connection.ServerAddress
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** Marks the receivers of the options DSL. */
@DslMarker
public annotation class NatsOptionsDsl

/**
 * How a connection behaves. Immutable; made by [NatsOptions] with a block, changed by [copy].
 *
 * ```
 * val options = NatsOptions("nats://a:4222,b:4222") {
 *     name = "orders"
 *     auth = NatsAuth.UserPassword("app", secret)
 *     timeouts = timeouts.copy(request = 2.seconds)
 * }
 * ```
 */
public class NatsOptions internal constructor(builder: NatsOptionsBuilder) {
    /** The servers, as `nats://host:port`; tried in random order unless [noRandomize]. May hold secrets when they were given in the URL. */
    internal val servers: List<ServerAddress> = ServerAddress.parseList(builder.servers)

    /** What the server's monitoring pages call this client, or `null`. */
    public val name: String? = builder.name

    /** The credentials. */
    public val auth: NatsAuth = builder.auth

    /** When and how connections are encrypted. Default: where the server asks for it, trusting whom the system trusts. */
    public val tls: TlsOptions = builder.tls

    /** How servers with `ws://` and `wss://` URLs are reached. */
    public val webSocket: WebSocketOptions = builder.webSocket

    /** Whether the server sends the connection's own messages back to it. Default `true`. */
    public val echo: Boolean = builder.echo

    /** Whether the server acknowledges every frame with `+OK`. Slow; for debugging. Default `false`. */
    public val verbose: Boolean = builder.verbose

    /** Whether the server checks subjects strictly. Slow; for debugging. Default `false`. */
    public val pedantic: Boolean = builder.pedantic

    /** Whether the servers are tried in the given order. Default `false`. */
    public val noRandomize: Boolean = builder.noRandomize

    /** What the subjects of inboxes begin with. Default `_INBOX`. */
    public val inboxPrefix: Subject = Subject(builder.inboxPrefix)

    /** The limits of time. */
    public val timeouts: TimeoutOptions = builder.timeouts

    /** The limits of memory. */
    public val buffers: BufferOptions = builder.buffers

    /** What happens when the connection to a server is lost. */
    public val reconnect: ReconnectOptions = builder.reconnect

    /**
     * Called before every attempt to connect, the first one included, and answers where it goes: the target as it is given, or with another
     * host and port. An exception refuses the attempt, which then counts as failed. The place to ask a server's `/healthz` first. Its time
     * counts for [TimeoutOptions.connect].
     */
    public val onConnecting: (suspend (ConnectTarget) -> ConnectTarget)? = builder.onConnecting

    /** What happens to subscriptions that name no [Overflow] of their own. Default [Overflow.DropNewest]. */
    public val overflow: Overflow = builder.overflow

    /** Where the handlers given to `subscribe` and `respond` run. Default [Dispatchers.Default]. */
    public val dispatcher: CoroutineDispatcher = builder.dispatcher

    init {
        if (inboxPrefix.isWildcard) throw InvalidSubjectException(inboxPrefix.value, "an inbox prefix cannot hold a wildcard")
    }

    private val source = builder.copy()

    /** These options with the changes of [configure]. */
    public fun copy(configure: NatsOptionsBuilder.() -> Unit): NatsOptions = NatsOptions(source.copy().apply(configure))

    override fun toString(): String = "NatsOptions(servers=$servers, name=$name, auth=$auth)"
}

/**
 * Options for [servers] (`nats://host:port[,host:port]`), changed by [configure].
 *
 * @throws IllegalArgumentException if a server or another value is not valid.
 */
public fun NatsOptions(servers: String = NatsOptionsBuilder.DEFAULT_SERVER, configure: NatsOptionsBuilder.() -> Unit = {}): NatsOptions =
    NatsOptions(NatsOptionsBuilder().apply { this.servers = servers }.apply(configure))

/** The changeable form of [NatsOptions]; each property is described there. Not safe to share between threads. */
@NatsOptionsDsl
public class NatsOptionsBuilder internal constructor() {
    /**
     * Servers, separated by commas: `nats://host:port[,host:port]`, `tls://` for those to be reached by TLS only, `ws://` and
     * `wss://` for WebSockets (with the module `nats-websocket`). The port defaults to 4222, for WebSockets to 80 and 443.
     */
    public var servers: String = DEFAULT_SERVER

    /** See [NatsOptions.name]. */
    public var name: String? = null

    /** See [NatsOptions.auth]. */
    public var auth: NatsAuth = NatsAuth.None

    /** See [NatsOptions.tls]. */
    public var tls: TlsOptions = TlsOptions()

    /** See [NatsOptions.webSocket]. */
    public var webSocket: WebSocketOptions = WebSocketOptions()

    /** See [NatsOptions.echo]. */
    public var echo: Boolean = true

    /** See [NatsOptions.verbose]. */
    public var verbose: Boolean = false

    /** See [NatsOptions.pedantic]. */
    public var pedantic: Boolean = false

    /** See [NatsOptions.noRandomize]. */
    public var noRandomize: Boolean = false

    /** See [NatsOptions.inboxPrefix]. */
    public var inboxPrefix: String = "_INBOX"

    /** See [NatsOptions.timeouts]. */
    public var timeouts: TimeoutOptions = TimeoutOptions()

    /** See [NatsOptions.buffers]. */
    public var buffers: BufferOptions = BufferOptions()

    /** See [NatsOptions.reconnect]. */
    public var reconnect: ReconnectOptions = ReconnectOptions()

    /** See [NatsOptions.onConnecting]. */
    public var onConnecting: (suspend (ConnectTarget) -> ConnectTarget)? = null

    /** See [NatsOptions.overflow]. */
    public var overflow: Overflow = Overflow.DropNewest()

    /** See [NatsOptions.dispatcher]. */
    public var dispatcher: CoroutineDispatcher = Dispatchers.Default

    internal fun copy(): NatsOptionsBuilder {
        val from = this
        return NatsOptionsBuilder().apply {
            servers = from.servers
            name = from.name
            auth = from.auth
            tls = from.tls
            webSocket = from.webSocket
            echo = from.echo
            verbose = from.verbose
            pedantic = from.pedantic
            noRandomize = from.noRandomize
            inboxPrefix = from.inboxPrefix
            timeouts = from.timeouts
            buffers = from.buffers
            reconnect = from.reconnect
            onConnecting = from.onConnecting
            overflow = from.overflow
            dispatcher = from.dispatcher
        }
    }

    internal companion object {
        const val DEFAULT_SERVER: String = "nats://localhost:4222"
    }
}

/**
 * The limits of time.
 *
 * @property connect for one server, from the TCP connect until it has let the client in; telling it the subscriptions may take longer, as
 *   long as each such time brings progress.
 * @property request for a reply, unless the call names its own.
 * @property flush for the PONG that answers a flush or ping.
 * @property drain for a drain of a subscription or the connection.
 * @property close for writing out what is queued when the connection is closed, and for what the server that is left has to confirm when it
 *   moves: longer, as long as the network takes some of it within each such time.
 * @property pingInterval between two PINGs, by which a connection is found to be dead that was not closed.
 * @property maxPingsOutstanding how many PINGs may wait for their answer; when one more is due the connection counts as lost.
 */
public data class TimeoutOptions(
    public val connect: Duration = 2.seconds,
    public val request: Duration = 5.seconds,
    public val flush: Duration = 10.seconds,
    public val drain: Duration = 30.seconds,
    public val close: Duration = 2.seconds,
    public val pingInterval: Duration = 2.minutes,
    public val maxPingsOutstanding: Int = 2,
) {
    init {
        val durations = mapOf(
            "connect" to connect,
            "request" to request,
            "flush" to flush,
            "drain" to drain,
            "close" to close,
            "pingInterval" to pingInterval,
        )
        durations.forEach { (name, value) -> require(value.isPositive()) { "timeouts.$name is $value; it has to be more than zero" } }
        require(maxPingsOutstanding > 0) { "timeouts.maxPingsOutstanding is $maxPingsOutstanding; it has to be more than zero" }
    }
}

/**
 * The limits of memory.
 *
 * @property outbound bytes that may wait for the socket before publishers suspend. A frame larger than half of it is taken when no more than
 *   half is in use.
 * @property maxIncomingPayload the most payload and header bytes that a server may send in one message; a larger one ends the connection to
 *   it ([ProtocolException]). Default `null`: twice the `max_payload` of the server's INFO, but at least 8 MiB, and at most 64 MiB or half
 *   the heap, whichever is less. That is more than `max_payload` because that limit is on what is published there: other servers of the
 *   cluster and leaf nodes may take larger messages and pass them on, an account may let its users publish less than it lets them
 *   receive, and servers add headers. Set it where a peer takes messages that are larger still.
 */
public data class BufferOptions(public val outbound: Int = 1024 * 1024, public val maxIncomingPayload: Int? = null) {
    init {
        require(outbound > 0) { "buffers.outbound is $outbound; it has to be more than zero" }
        require(maxIncomingPayload == null || maxIncomingPayload > 0) {
            "buffers.maxIncomingPayload is $maxIncomingPayload; it has to be more than zero"
        }
    }
}
