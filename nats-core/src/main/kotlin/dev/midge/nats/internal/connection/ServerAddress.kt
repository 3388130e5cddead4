package dev.midge.nats.internal.connection

import dev.midge.nats.NatsAuth
import java.net.URLDecoder

/** One server of the list: where it listens, and the credentials that its URL carried. Its text never shows them. */
internal class ServerAddress(val host: String, val port: Int, val auth: NatsAuth) {
    /** `nats://host:port`, without credentials. */
    val url: String
        get() = if (':' in host) "nats://[$host]:$port" else "nats://$host:$port"

    override fun toString(): String = url

    companion object {
        private const val SCHEME = "nats"
        private const val DEFAULT_PORT = 4222
        private const val LAST_PORT = 65_535
        private val HOST = Regex("[0-9A-Za-z._:%-]+")

        /** @throws IllegalArgumentException if the list is empty or an element is no server. */
        fun parseList(servers: String): List<ServerAddress> {
            val texts = servers.split(',').map(String::trim).filter(String::isNotEmpty)
            require(texts.isNotEmpty()) { "no server is given; write nats://host:port[,host:port]" }
            return texts.map(::parse)
        }

        /** By hand: `java.net.URI` knows no underscores in host names, which container networks have. */
        private fun parse(text: String): ServerAddress {
            val scheme = text.substringBefore("://", SCHEME)
            if (!scheme.equals(SCHEME, ignoreCase = true)) invalid("the scheme is not supported; use $SCHEME://")
            val authority = text.substringAfter("://").removeSuffix("/")
            val host = authority.substringAfterLast('@')
            val (name, port) = hostAndPort(host)
            if (!HOST.matches(name)) invalid("there is no host name, or one with characters that a host name cannot have")
            return ServerAddress(name, port, auth(authority.substringBeforeLast('@', "")))
        }

        private fun hostAndPort(text: String): Pair<String, Int> {
            val name = if (text.startsWith("[")) text.substringBefore(']').drop(1) else text.substringBefore(':')
            val rest = if (text.startsWith("[")) text.substringAfter(']', "") else text.drop(name.length)
            if (rest.isEmpty()) return name to DEFAULT_PORT
            val port = rest.removePrefix(":").toIntOrNull()?.takeIf { rest.startsWith(":") && it in 1..LAST_PORT }
            return name to (port ?: invalid("the port is no number from 1 to $LAST_PORT"))
        }

        private fun auth(userInfo: String): NatsAuth = when {
            userInfo.isEmpty() -> NatsAuth.None
            ':' in userInfo -> NatsAuth.UserPassword(decoded(userInfo.substringBefore(':')), decoded(userInfo.substringAfter(':')))
            else -> NatsAuth.Token(decoded(userInfo))
        }

        /** `%40` is `@`; unlike in a form, `+` is itself. */
        private fun decoded(text: String): String = try {
            URLDecoder.decode(text.replace("+", "%2B"), Charsets.UTF_8)
        } catch (e: IllegalArgumentException) {
            invalid("a '%' in the credentials is not followed by two hexadecimal digits")
        }

        /** Does not show the text: it may hold a password. */
        private fun invalid(reason: String): Nothing =
            throw IllegalArgumentException("a server URL is not valid: $reason; write nats://host:port")
    }
}
