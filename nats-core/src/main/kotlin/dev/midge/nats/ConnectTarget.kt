package dev.midge.nats

import dev.midge.nats.internal.values.Parts

/**
 * Where the next attempt goes, as [NatsOptions.onConnecting] sees it. Immutable; [at] answers with another place.
 *
 * @property url the server that was chosen, without credentials; the scheme tells whether it is reached by TCP, TLS or WebSocket.
 * @property host the name or address to connect to. The name that a TLS certificate has to carry stays that of [url].
 * @property port the port to connect to.
 */
public class ConnectTarget internal constructor(
    @get:JvmName("url") public val url: String,
    @get:JvmName("host") public val host: String,
    @get:JvmName("port") public val port: Int,
) {
    private val parts: Parts
        get() = Parts("ConnectTarget", "url" to url, "host" to host, "port" to port)

    /** The same server at [host] and [port]. */
    @JvmOverloads
    public fun at(host: String = this.host, port: Int = this.port): ConnectTarget = ConnectTarget(url, host, port)

    override fun equals(other: Any?): Boolean = other is ConnectTarget && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()
}
