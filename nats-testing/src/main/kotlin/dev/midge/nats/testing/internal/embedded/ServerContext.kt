package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import dev.midge.nats.testing.internal.Timers
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicInteger

/** What all clients of one server share. Confined to the server's thread, but for the counters. */
internal class ServerContext(val options: EmbeddedNatsServerOptions, port: Int, val timers: Timers) {
    val authenticator = Authenticator(options)
    val info = ServerInfo(options, port, authenticator.isRequired)
    val router = Router()
    val chunks = ChunkPool()
    val flushQueue = FlushQueue()
    val stalledPublishers = StalledPublishers(timers)

    /** Every client's bytes pass through this one array: whatever is left of them is kept by their parser. */
    val readBuffer: ByteBuffer = ByteBuffer.allocate(READ_BYTES)

    private val open = LinkedHashSet<ClientConnection>()
    private val openCount = AtomicInteger()

    /** How many clients are connected; may be read on any thread. */
    val connectionCount: Int get() = openCount.get()

    fun add(client: ClientConnection) {
        open += client
        openCount.set(open.size)
    }

    fun remove(client: ClientConnection) {
        open -= client
        openCount.set(open.size)
    }

    fun clients(): List<ClientConnection> = open.toList()

    private companion object {
        /** What one read may bring: many small messages at once, and small enough to be still in the cache when it is parsed. */
        const val READ_BYTES = 128 * 1024
    }
}
