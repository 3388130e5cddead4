package dev.midge.nats.internal.connection

import dev.midge.nats.NatsAuth
import dev.midge.nats.internal.transport.Endpoint
import java.net.URLDecoder

/**
 * One server of the list: where it listens, how it is spoken to, and the credentials that its URL carried. Its text never shows them.
 *
 * @property path what follows host and port in the URL of a WebSocket, with its first `/`; empty if that is all, and for other URLs.
 * @property tlsName the name or address that the server's certificate may be for in any case: for a server that another one told of, the
 *   host that the user gave.
 */
internal class ServerAddress(
    val scheme: Scheme,
    val host: String,
    val port: Int,
    val path: String = "",
    val auth: NatsAuth = NatsAuth.None,
    val tlsName: String = host,
) {
    /**
     * Whether a server that had proved who it is has told of [host]. Another server's certificate may then be for that name itself: one that
     * comes in plain text proves nothing.
     */
    @Volatile
    var isNameProven: Boolean = false
        private set

    /** A server that has proved who it is says that this one belongs to it. */
    fun proveName() {
        isNameProven = true
    }

    /** The host, in brackets if it is an IPv6 address, and the port. */
    private val authority: String
        get() = if (':' in host) "[$host]:$port" else "$host:$port"

    /** `nats://host:port`, without credentials: neither those before the host nor any in the query of a WebSocket's URL. */
    val url: String
        get() = "$scheme://$authority${path.substringBefore('?')}"

    /**
     * What makes an address that another server names this server: where it listens, and whether for WebSockets. Such an address has no
     * scheme and no path, and whether TLS is spoken there the server says itself.
     */
    val place: String
        get() = "${if (scheme.isWebSocket) Scheme.WebSocket else Scheme.Nats}://${host.lowercase()}:$port"

    /** Whether [other] is this server under a URL that may be written differently. */
    fun isSame(other: ServerAddress): Boolean = place == other.place && scheme == other.scheme && path == other.path

    val endpoint: Endpoint
        get() = endpoint(host, port)

    /**
     * This server, to be reached by another [host] and [port].
     *
     * @throws IllegalArgumentException if they are none.
     */
    fun endpoint(host: String, port: Int): Endpoint {
        require(HOST.matches(host)) { "the host is no name or address" }
        require(port in 1..LAST_PORT) { "the port is $port; it has to be from 1 to $LAST_PORT" }
        return Endpoint(scheme.text, host, port, path, hostHeader)
    }

    /** As a browser writes it: the zone of an address means nothing to others, and the scheme's own port is left out. */
    private val hostHeader: String
        get() {
            val name = host.substringBefore('%').let { if (':' in it) "[$it]" else it }
            return if (port == scheme.defaultPort) name else "$name:$port"
        }

    /** The server at [hostAndPort], which this one names: it is spoken to as this one is. `null` if that is no address. */
    fun neighbour(hostAndPort: String): ServerAddress? = try {
        val (name, port) = hostAndPort(hostAndPort, scheme.defaultPort)
        if (HOST.matches(name)) ServerAddress(scheme, name, port, path, auth, tlsName) else null
    } catch (e: IllegalArgumentException) {
        null
    }

    override fun toString(): String = url

    companion object {
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
            val scheme = Scheme.of(text.substringBefore("://", Scheme.Nats.text)) ?: invalid("its scheme is none of ${Scheme.all}")
            val rest = text.substringAfter("://")
            val authority = if (scheme.isWebSocket) rest.takeWhile { it != '/' && it != '?' } else rest.removeSuffix("/")
            val path = if (scheme.isWebSocket) path(rest.drop(authority.length)) else ""
            val (name, port) = hostAndPort(authority.substringAfterLast('@'), scheme.defaultPort)
            if (!HOST.matches(name)) invalid("there is no host name, or one with characters that a host name cannot have")
            return ServerAddress(scheme, name, port, path, auth(authority.substringBeforeLast('@', "")))
        }

        private fun path(written: String): String {
            if (written.any { it <= ' ' || it > '~' || it == '#' }) invalid("its path holds characters that a URL cannot have")
            if (written.startsWith('?') && '@' in written) invalid("there is a '?' before an '@'; in credentials it is written %3F")
            return when {
                written == "/" -> ""
                written.startsWith('?') -> "/$written"
                else -> written
            }
        }

        private fun hostAndPort(text: String, defaultPort: Int): Pair<String, Int> {
            val name = if (text.startsWith("[")) text.substringBefore(']').drop(1) else text.substringBefore(':')
            val rest = if (text.startsWith("[")) text.substringAfter(']', "") else text.drop(name.length)
            if (rest.isEmpty()) return name to defaultPort
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
