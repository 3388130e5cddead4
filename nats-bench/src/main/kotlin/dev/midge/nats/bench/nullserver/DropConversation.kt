package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/**
 * Discards what a client publishes, and answers a PING.
 *
 * It reads no frame: only the last six bytes of what a read brought are looked at. That is enough, because a client that flushes waits for
 * the PONG, so that its PING is the last thing that a read brings. What this server costs is therefore its system calls.
 */
internal class DropConversation(private val wire: Wire) : Conversation {
    private val tail = ByteArray(PING.size)

    override fun run() {
        val buffer = wire.allocate(READ_BYTES)
        val pong = wire.allocate(PONG.size).put(PONG)
        while (wire.read(buffer.clear()) >= 0) {
            keepTail(buffer.flip())
            if (tail.contentEquals(PING)) wire.write(pong.rewind())
        }
    }

    /** Keeps the last bytes of the stream, however they were split over reads. */
    private fun keepTail(read: ByteBuffer) {
        val taken = minOf(read.limit(), tail.size)
        tail.copyInto(tail, 0, taken)
        read.get(read.limit() - taken, tail, tail.size - taken, taken)
    }

    private companion object {
        /** Four batches of Midge's, and what the kernel's receive buffer holds while this thread was away. */
        const val READ_BYTES = 256 * 1024
    }
}
