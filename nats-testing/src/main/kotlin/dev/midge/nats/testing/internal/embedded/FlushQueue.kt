package dev.midge.nats.testing.internal.embedded

/**
 * The clients that were written to and whose bytes have not been sent yet. They are sent to once for all that one round over the sockets
 * brought, since a system call for each message would cost more than the message. Confined to the server's thread.
 */
internal class FlushQueue {
    private val waiting = ArrayList<ClientConnection>()

    fun add(client: ClientConnection) {
        waiting += client
    }

    fun flushAll() {
        waiting.forEach { it.flush() }
        waiting.clear()
    }
}
