package dev.midge.nats.internal.connection

/** The servers that may be connected to and the order in which they are tried: shuffled once, so that many clients spread. */
internal class ServerPool(servers: List<ServerAddress>, noRandomize: Boolean) {
    private val servers = if (noRandomize) servers else servers.shuffled()

    /** The servers of one attempt, in order. */
    fun attempt(): List<ServerAddress> = servers
}
