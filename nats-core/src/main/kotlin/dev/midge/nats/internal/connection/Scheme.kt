package dev.midge.nats.internal.connection

/** How a server is spoken to, as the scheme of its URL says. */
internal enum class Scheme(val text: String, val defaultPort: Int, val isTls: Boolean, val isWebSocket: Boolean) {
    Nats("nats", 4222, isTls = false, isWebSocket = false),
    Tls("tls", 4222, isTls = true, isWebSocket = false),
    WebSocket("ws", 80, isTls = false, isWebSocket = true),
    SecureWebSocket("wss", 443, isTls = true, isWebSocket = true),
    ;

    override fun toString(): String = text

    companion object {
        val all: String = entries.joinToString { "${it.text}://" }

        fun of(text: String): Scheme? = entries.find { it.text.equals(text, ignoreCase = true) }
    }
}
