package dev.midge.nats.bench.nullserver

/** What the server does with one client, from its first byte to its last. */
internal fun interface Conversation {
    /** Returns when the client is gone. */
    fun run()
}

internal val PING: ByteArray = "PING\r\n".encodeToByteArray()
internal val PONG: ByteArray = "PONG\r\n".encodeToByteArray()
