package dev.midge.nats

/**
 * How servers with `ws://` and `wss://` URLs are reached. Immutable, changed by [copy]. Needs the module `nats-websocket` on the class path.
 *
 * ```
 * webSocket = WebSocketOptions(headers = mapOf("Authorization" to "Bearer $token"), compression = true)
 * ```
 * `wss://` is encrypted as [TlsOptions] say. Header values and the proxy's password never show in texts.
 *
 * @property headers sent with the HTTP request that opens the WebSocket, for gateways on the way; NATS servers read cookies among them.
 * @property headerSupplier called at every attempt to connect; what it returns is added to [headers] and wins over them. Its time counts for
 *   [TimeoutOptions.connect]; an exception fails the attempt.
 * @property proxy opens the TCP connection to the server (HTTP `CONNECT`), both for `ws://` and `wss://`. Default none; system properties are
 *   not looked at.
 * @property compression whether to compress messages if the server does too (`permessage-deflate`, RFC 7692, without context takeover). For
 *   slow networks: on fast ones it costs most of the throughput.
 * @property subprotocols asked for by `Sec-WebSocket-Protocol`, the most wanted first, for gateways that need one. NATS servers know none and
 *   ignore them; an answer without one is accepted, one with another is not.
 */
public data class WebSocketOptions(
    public val headers: Map<String, String> = emptyMap(),
    public val headerSupplier: (suspend () -> Map<String, String>)? = null,
    public val proxy: HttpProxy? = null,
    public val compression: Boolean = false,
    public val subprotocols: List<String> = emptyList(),
) {
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

    override fun toString(): String =
        "WebSocketOptions(headers=${headers.keys}, proxy=$proxy, compression=$compression, subprotocols=$subprotocols)"

    private companion object {
        /** RFC 9110, 5.6.2. */
        val TOKEN = Regex("[0-9A-Za-z!#$%&'*+.^_`|~-]+")
        val OWN = listOf("Connection", "Upgrade", "Sec-WebSocket-", "Content-Length", "Transfer-Encoding")
    }
}

/**
 * An HTTP proxy.
 *
 * @property user sent with [password] by the Basic scheme (RFC 7617), or `null`.
 */
public data class HttpProxy(
    public val host: String,
    public val port: Int,
    public val user: String? = null,
    public val password: String? = null,
) {
    init {
        require(host.isNotBlank() && host.none { it <= ' ' || it > '~' }) { "proxy.host is '$host', which is no host name" }
        require(port in 1..LAST_PORT) { "proxy.port is $port; it has to be from 1 to $LAST_PORT" }
        require((user == null) == (password == null)) { "proxy.user and proxy.password: give both or neither" }
        require(user == null || ':' !in user) { "proxy.user holds a colon, which Basic authentication cannot carry" }
    }

    override fun toString(): String = "HttpProxy($host:$port)"

    private companion object {
        const val LAST_PORT = 65_535
    }
}
