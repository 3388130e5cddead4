package dev.midge.nats

import dev.midge.nats.internal.connection.ServerAddress
import dev.midge.nats.internal.hooks.blocking
import dev.midge.nats.internal.hooks.blockingDispatcher
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.asExecutor
import java.util.concurrent.Executor
import java.util.function.Consumer
import java.util.function.UnaryOperator

/**
 * How a connection behaves. Immutable. Kotlin makes it by a block and changes it by [copy]; Java uses [builder] and [toBuilder]. In Kotlin:
 *
 * ```
 * val options = NatsOptions("nats://a:4222,b:4222") {
 *     name = "orders"
 *     auth = NatsAuth.UserPassword("app", secret)
 *     timeouts { request = 2.seconds }
 * }
 * ```
 * In Java:
 * ```
 * var options = NatsOptions.builder()
 *     .servers("nats://a:4222", "nats://b:4222")
 *     .name("orders")
 *     .auth(new NatsAuth.UserPassword("app", secret))
 *     .timeouts(timeouts -> timeouts.request(Duration.ofSeconds(2)))
 *     .build();
 * ```
 */
public class NatsOptions private constructor(builder: Builder) {
    /** As they were given, with their credentials. */
    private val serverText = builder.servers

    /** The servers, as `nats://host:port`. May hold secrets when they were given in the URL. */
    internal val servers: List<ServerAddress> = ServerAddress.parseList(serverText)

    /** What the server's monitoring pages call this client, or `null`. */
    @get:JvmName("name")
    public val name: String? = builder.name

    /** The credentials. */
    @get:JvmName("auth")
    public val auth: NatsAuth = builder.auth

    /** When and how connections are encrypted. Default: where the server asks for it. Trusted is what the system trusts. */
    @get:JvmName("tls")
    public val tls: TlsOptions = builder.tls

    /** How servers with `ws://` and `wss://` URLs are reached. */
    @get:JvmName("webSocket")
    public val webSocket: WebSocketOptions = builder.webSocket

    /** Whether the server sends the connection's own messages back to it. Default `true`. */
    @get:JvmName("echo")
    public val echo: Boolean = builder.echo

    /** Whether the server acknowledges every frame with `+OK`. Slow; for debugging. Default `false`. */
    @get:JvmName("verbose")
    public val verbose: Boolean = builder.verbose

    /** Whether the server checks subjects strictly. Slow; for debugging. Default `false`. */
    @get:JvmName("pedantic")
    public val pedantic: Boolean = builder.pedantic

    /** Whether the servers are tried in random order, so that many clients spread; `false` keeps the given order. Default `true`. */
    @get:JvmName("randomizeServers")
    public val randomizeServers: Boolean = builder.randomizeServers

    /** What the subjects of inboxes begin with. Default `_INBOX`. */
    @get:JvmName("inboxPrefix")
    public val inboxPrefix: Subject = Subject(builder.inboxPrefix)

    /** The limits of time. */
    @get:JvmName("timeouts")
    public val timeouts: TimeoutOptions = builder.timeouts

    /** The limits of memory. */
    @get:JvmName("buffers")
    public val buffers: BufferOptions = builder.buffers

    /** What happens when the connection to a server is lost. */
    @get:JvmName("reconnect")
    public val reconnect: ReconnectOptions = builder.reconnect

    /**
     * Called before every attempt to connect, the first one included, and answers where it goes: the target as it is given, or with another
     * host and port. An exception refuses the attempt, which then counts as failed. The place to ask a server's `/healthz` first.
     *
     * It runs in [dispatcher], and its time counts for [TimeoutOptions.connect]: then it is cancelled, and a function of Java's interrupted.
     */
    @get:JvmSynthetic
    public val onConnecting: (suspend (ConnectTarget) -> ConnectTarget)? = builder.onConnecting

    /** What happens to subscriptions that name no [Overflow] of their own. Default [Overflow.DropNewest]. */
    @get:JvmName("overflow")
    public val overflow: Overflow = builder.overflow

    /**
     * Whether a thread of its own reads the connection's socket. By default all connections share as many threads as there are cores, and at
     * least three; the ones with the fewest connections come first. Whatever runs on the reader (inline handlers) then holds up the other
     * connections of its thread, which `true` spares them. Default `false`.
     */
    @get:JvmName("ownReaderThread")
    public val ownReaderThread: Boolean = builder.ownReaderThread

    /**
     * Where handlers run that are given to `subscribe` and `respond`, and the functions of [auth] and of other options. Default
     * [Dispatchers.Default]; of options made by [builder], for Java, see [executor].
     */
    @get:JvmSynthetic
    public val dispatcher: CoroutineDispatcher = builder.dispatcher

    init {
        if (inboxPrefix.isWildcard) throw InvalidSubjectException(inboxPrefix.value, "an inbox prefix cannot hold a wildcard")
    }

    /**
     * What Java knows the [dispatcher] as. The default of [builder]: a virtual thread for each handler where there are such (JDK 21), otherwise
     * threads for blocking calls (`Dispatchers.IO`). Handlers may block them. The client never shuts an executor down; one that refuses work
     * refuses the handlers of its connections.
     *
     * An executor has to hand tasks to other threads. Never run them in the thread that brings them: that may be the one that reads the
     * socket. Handlers that wait for futures of the same connection hold up an executor of few threads.
     */
    public fun executor(): Executor = dispatcher.asExecutor()

    /** These options with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): NatsOptions = toBuilder().apply(configure).build()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun toString(): String = "NatsOptions(servers=$servers, name=$name, auth=$auth)"

    /** Collects [NatsOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: NatsOptions? = null) {
        /**
         * Servers, separated by commas: `nats://host:port[,host:port]`, `tls://` for those that speak TLS only, `ws://` and `wss://` for
         * WebSockets (with the module `nats-websocket`). The port defaults to 4222, for WebSockets to 80 and 443.
         */
        @get:JvmSynthetic @set:JvmSynthetic
        public var servers: String = from?.serverText ?: DEFAULT_SERVER

        /** See [NatsOptions.name]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var name: String? = from?.name

        /** See [NatsOptions.auth]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var auth: NatsAuth = from?.auth ?: NatsAuth.None

        /** See [NatsOptions.tls]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var tls: TlsOptions = from?.tls ?: TlsOptions()

        /** See [NatsOptions.webSocket]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var webSocket: WebSocketOptions = from?.webSocket ?: WebSocketOptions()

        /** See [NatsOptions.echo]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var echo: Boolean = from?.echo ?: true

        /** See [NatsOptions.verbose]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var verbose: Boolean = from?.verbose ?: false

        /** See [NatsOptions.pedantic]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var pedantic: Boolean = from?.pedantic ?: false

        /** See [NatsOptions.randomizeServers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var randomizeServers: Boolean = from?.randomizeServers ?: true

        /** See [NatsOptions.inboxPrefix]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var inboxPrefix: String = from?.inboxPrefix?.value ?: "_INBOX"

        /** See [NatsOptions.timeouts]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var timeouts: TimeoutOptions = from?.timeouts ?: TimeoutOptions()

        /** See [NatsOptions.buffers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var buffers: BufferOptions = from?.buffers ?: BufferOptions()

        /** See [NatsOptions.reconnect]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var reconnect: ReconnectOptions = from?.reconnect ?: ReconnectOptions()

        /** See [NatsOptions.onConnecting]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var onConnecting: (suspend (ConnectTarget) -> ConnectTarget)? = from?.onConnecting

        /** See [NatsOptions.overflow]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var overflow: Overflow = from?.overflow ?: Overflow.DropNewest()

        /** See [NatsOptions.ownReaderThread]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var ownReaderThread: Boolean = from?.ownReaderThread ?: false

        /** See [NatsOptions.dispatcher]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var dispatcher: CoroutineDispatcher = from?.dispatcher ?: Dispatchers.Default

        /** Changes [tls]. */
        @JvmSynthetic
        public fun tls(configure: TlsOptions.Builder.() -> Unit) {
            tls = tls.copy(configure)
        }

        /** Changes [webSocket]. */
        @JvmSynthetic
        public fun webSocket(configure: WebSocketOptions.Builder.() -> Unit) {
            webSocket = webSocket.copy(configure)
        }

        /** Changes [timeouts]. */
        @JvmSynthetic
        public fun timeouts(configure: TimeoutOptions.Builder.() -> Unit) {
            timeouts = timeouts.copy(configure)
        }

        /** Changes [buffers]. */
        @JvmSynthetic
        public fun buffers(configure: BufferOptions.Builder.() -> Unit) {
            buffers = buffers.copy(configure)
        }

        /** Changes [reconnect]. */
        @JvmSynthetic
        public fun reconnect(configure: ReconnectOptions.Builder.() -> Unit) {
            reconnect = reconnect.copy(configure)
        }

        /** Sets the servers; each URL may be several, separated by commas. User and password, or a token, may stand before the host. */
        public fun servers(vararg servers: String): Builder =
            apply { this.servers = java.util.List.of(*servers).joinToString(",") } // Java's list takes no null.

        /** Sets [NatsOptions.name]; `null` for none. */
        public fun name(name: String?): Builder = apply { this.name = name }

        /** Sets [NatsOptions.auth]. */
        public fun auth(auth: NatsAuth): Builder = apply { this.auth = auth }

        /** Sets [NatsOptions.tls]. */
        public fun tls(tls: TlsOptions): Builder = apply { this.tls = tls }

        /** Changes [NatsOptions.tls]. */
        public fun tls(configure: Consumer<TlsOptions.Builder>): Builder = apply { tls = tls.copy(configure::accept) }

        /** Sets [NatsOptions.webSocket]. */
        public fun webSocket(webSocket: WebSocketOptions): Builder = apply { this.webSocket = webSocket }

        /** Changes [NatsOptions.webSocket]. */
        public fun webSocket(configure: Consumer<WebSocketOptions.Builder>): Builder =
            apply { webSocket = webSocket.copy(configure::accept) }

        /** Sets [NatsOptions.echo]. */
        public fun echo(echo: Boolean): Builder = apply { this.echo = echo }

        /** Sets [NatsOptions.verbose]. */
        public fun verbose(verbose: Boolean): Builder = apply { this.verbose = verbose }

        /** Sets [NatsOptions.pedantic]. */
        public fun pedantic(pedantic: Boolean): Builder = apply { this.pedantic = pedantic }

        /** Sets [NatsOptions.randomizeServers]. */
        public fun randomizeServers(randomizeServers: Boolean): Builder = apply { this.randomizeServers = randomizeServers }

        /** Sets [NatsOptions.inboxPrefix]. */
        public fun inboxPrefix(inboxPrefix: String): Builder = apply { this.inboxPrefix = inboxPrefix }

        /** Sets [NatsOptions.timeouts]. */
        public fun timeouts(timeouts: TimeoutOptions): Builder = apply { this.timeouts = timeouts }

        /** Changes [NatsOptions.timeouts]. */
        public fun timeouts(configure: Consumer<TimeoutOptions.Builder>): Builder = apply { timeouts = timeouts.copy(configure::accept) }

        /** Sets [NatsOptions.buffers]. */
        public fun buffers(buffers: BufferOptions): Builder = apply { this.buffers = buffers }

        /** Changes [NatsOptions.buffers]. */
        public fun buffers(configure: Consumer<BufferOptions.Builder>): Builder = apply { buffers = buffers.copy(configure::accept) }

        /** Sets [NatsOptions.reconnect]. */
        public fun reconnect(reconnect: ReconnectOptions): Builder = apply { this.reconnect = reconnect }

        /** Changes [NatsOptions.reconnect]. */
        public fun reconnect(configure: Consumer<ReconnectOptions.Builder>): Builder =
            apply { reconnect = reconnect.copy(configure::accept) }

        /** Sets [NatsOptions.onConnecting]; [hook] may block. `null` for none. */
        public fun onConnecting(hook: UnaryOperator<ConnectTarget>?): Builder =
            apply { onConnecting = hook?.let { { target -> blocking { it.apply(target) } } } }

        /** Sets [NatsOptions.overflow]. */
        public fun overflow(overflow: Overflow): Builder = apply { this.overflow = overflow }

        /** Sets [NatsOptions.ownReaderThread]. */
        public fun ownReaderThread(ownReaderThread: Boolean): Builder = apply { this.ownReaderThread = ownReaderThread }

        /** Sets [NatsOptions.executor]. */
        public fun executor(executor: Executor): Builder = apply { dispatcher = executor.asCoroutineDispatcher() }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a server is not valid.
         * @throws InvalidSubjectException if [inboxPrefix] is no subject, or holds a wildcard.
         */
        public fun build(): NatsOptions = NatsOptions(this)
    }

    /** Where options begin. */
    public companion object {
        internal const val DEFAULT_SERVER: String = "nats://localhost:4222"

        /** A builder with the defaults for Java, for the server `nats://localhost:4222`: those of Kotlin, but for the [executor]. */
        @JvmStatic
        public fun builder(): Builder = Builder().apply { dispatcher = blockingDispatcher }
    }
}
