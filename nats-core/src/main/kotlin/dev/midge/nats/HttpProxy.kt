package dev.midge.nats

import dev.midge.nats.internal.values.Parts

/**
 * An HTTP proxy. Immutable; its text never shows the password.
 *
 * @property user sent with [password] by the Basic scheme (RFC 7617), or `null`.
 * @throws IllegalArgumentException if [host] is no host name, [port] no port, or only one of [user] and [password] is given.
 */
public class HttpProxy(
    @get:JvmName("host") public val host: String,
    @get:JvmName("port") public val port: Int,
    @get:JvmName("user") public val user: String?,
    @get:JvmName("password") public val password: String?,
) {
    private val parts: Parts
        get() = Parts("HttpProxy", "host" to host, "port" to port, "user" to user, "password" to password)

    init {
        require(host.isNotBlank() && host.none { it <= ' ' || it > '~' }) { "proxy.host is '$host', which is no host name" }
        require(port in 1..LAST_PORT) { "proxy.port is $port; it has to be from 1 to $LAST_PORT" }
        require((user == null) == (password == null)) { "proxy.user and proxy.password: give both or neither" }
        require(user == null || ':' !in user) { "proxy.user holds a colon, which Basic authentication cannot carry" }
    }

    /** A proxy that asks for no password. */
    public constructor(host: String, port: Int) : this(host, port, null, null)

    override fun equals(other: Any?): Boolean = other is HttpProxy && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "HttpProxy($host:$port)"

    private companion object {
        const val LAST_PORT = 65_535
    }
}
