package dev.midge.nats

import dev.midge.nats.internal.hooks.apartUncancelled
import dev.midge.nats.internal.hooks.blocking
import dev.midge.nats.internal.values.Parts
import kotlinx.coroutines.CoroutineDispatcher
import java.util.Collections
import java.util.function.Supplier

/**
 * How servers with `ws://` and `wss://` URLs are reached. Immutable. Needs the module `nats-websocket` on the class path. In Kotlin:
 *
 * ```
 * webSocket {
 *     headers = mapOf("Authorization" to "Bearer $token")
 *     compression = true
 * }
 * ```
 * In Java:
 * ```
 * .webSocket(webSocket -> webSocket.headers(Map.of("Authorization", "Bearer " + token)).compression(true))
 * ```
 * `wss://` is encrypted as [TlsOptions] say. Header values and the proxy's password never show in texts.
 */
public class WebSocketOptions private constructor(builder: Builder) {
    /** Sent with the HTTP request that opens the WebSocket, for gateways on the way; NATS servers read cookies among them. Default none. */
    @get:JvmName("headers")
    public val headers: Map<String, String> = Collections.unmodifiableMap(LinkedHashMap(builder.headers))

    /**
     * Called at every attempt to connect; what it returns is added to [headers] and wins over them. It runs in [NatsOptions.dispatcher], and its
     * time counts for [TimeoutOptions.connect]: then it is cancelled, and a function of Java's interrupted. An exception fails the attempt.
     * Default none.
     */
    @get:JvmSynthetic
    public val headerSupplier: (suspend () -> Map<String, String>)? = builder.headerSupplier

    /** Opens the TCP connection to the server (HTTP `CONNECT`), both for `ws://` and `wss://`. Default none; system properties do not count. */
    @get:JvmName("proxy")
    public val proxy: HttpProxy? = builder.proxy

    /**
     * Whether to compress messages if the server does too (`permessage-deflate`, RFC 7692, without context takeover). For slow networks: on
     * fast ones it costs most of the throughput. Default `false`.
     */
    @get:JvmName("compression")
    public val compression: Boolean = builder.compression

    /**
     * Asked for by `Sec-WebSocket-Protocol`, the most wanted first, for gateways that need one. NATS servers know none and ignore them; an
     * answer without one is accepted, one with another is not. Default none.
     */
    @get:JvmName("subprotocols")
    public val subprotocols: List<String> = Collections.unmodifiableList(ArrayList(builder.subprotocols))

    private val parts: Parts
        get() = Parts(
            "WebSocketOptions",
            "headers" to headers,
            "headerSupplier" to headerSupplier,
            "proxy" to proxy,
            "compression" to compression,
            "subprotocols" to subprotocols,
        )

    init {
        subprotocols.forEach { require(TOKEN.matches(it)) { "webSocket.subprotocols: '$it' is not the name of a subprotocol" } }
        headers.forEach { (name, value) ->
            // Of the value nothing is said: it may be a secret.
            require(TOKEN.matches(name)) { "webSocket.headers: '$name' is not the name of a header" }
            require(OWN.none { name.startsWith(it, ignoreCase = true) }) { "webSocket.headers: '$name' is set by the WebSocket itself" }
            require(
                value.all {
                    it == '\t' || it in ' '..'~'
                },
            ) { "webSocket.headers: the value of '$name' holds characters that are not allowed" }
        }
    }

    /** The same, but [headerSupplier] runs in [dispatcher]. */
    internal fun suppliedIn(dispatcher: CoroutineDispatcher): WebSocketOptions {
        val supplier = headerSupplier ?: return this
        return copy { headerSupplier = { apartUncancelled(dispatcher, supplier) } }
    }

    /** These options with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): WebSocketOptions = toBuilder().apply(configure).build()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is WebSocketOptions && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String =
        "WebSocketOptions(headers=${headers.keys}, proxy=$proxy, compression=$compression, subprotocols=$subprotocols)"

    /** Collects [WebSocketOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: WebSocketOptions? = null) {
        /** See [WebSocketOptions.headers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var headers: Map<String, String> = from?.headers.orEmpty()

        /** See [WebSocketOptions.headerSupplier]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var headerSupplier: (suspend () -> Map<String, String>)? = from?.headerSupplier

        /** See [WebSocketOptions.proxy]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var proxy: HttpProxy? = from?.proxy

        /** See [WebSocketOptions.compression]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var compression: Boolean = from?.compression ?: false

        /** See [WebSocketOptions.subprotocols]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var subprotocols: List<String> = from?.subprotocols.orEmpty()

        /** Sets [WebSocketOptions.headers]. */
        public fun headers(headers: Map<String, String>): Builder = apply { this.headers = headers }

        /** Sets [WebSocketOptions.headerSupplier]; [supplier] may block. `null` for none. */
        public fun headerSupplier(supplier: Supplier<Map<String, String>>?): Builder =
            apply { headerSupplier = supplier?.let { { blocking(it::get) } } }

        /** Sets [WebSocketOptions.proxy]; `null` for none. */
        public fun proxy(proxy: HttpProxy?): Builder = apply { this.proxy = proxy }

        /** Sets [WebSocketOptions.compression]. */
        public fun compression(compression: Boolean): Builder = apply { this.compression = compression }

        /** Sets [WebSocketOptions.subprotocols]. */
        public fun subprotocols(subprotocols: List<String>): Builder = apply { this.subprotocols = subprotocols }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a header has a name that is none or that the WebSocket sets itself, or a value with characters
         *   that are not allowed, or a subprotocol is no name of one.
         */
        public fun build(): WebSocketOptions = WebSocketOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** RFC 9110, 5.6.2. */
        private val TOKEN = Regex("[0-9A-Za-z!#$%&'*+.^_`|~-]+")
        private val OWN = listOf("Connection", "Upgrade", "Sec-WebSocket-", "Content-Length", "Transfer-Encoding")

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
