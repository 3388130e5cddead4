package dev.midge.nats.internal.transport

import java.nio.ByteBuffer
import java.nio.channels.ReadableByteChannel
import java.nio.channels.SelectionKey

/**
 * Reads a Ktor socket's own NIO channel, into an array of its own, which is small as long as little comes. The JDK reads into memory outside of
 * the heap, which is the thread's, and copies from there.
 *
 * Ktor's own read channel is fed by a pump coroutine between the selector and the reader; without it a round trip is about 40 µs shorter.
 */
internal class SocketReadChannel(private val channel: ReadableByteChannel, private val readiness: Readiness) : UnpumpedReadChannel() {
    private var bytes = ByteBuffer.allocate(SMALL_READ)
    private var readsSinceSelect = 0

    override suspend fun fill(): Boolean {
        if (!bytes.hasRemaining() && bytes.capacity() < LARGE_READ) bytes = ByteBuffer.allocate(bytes.capacity() * GROWTH)
        val count = read(bytes.clear())
        if (count > 0) lend(bytes.array(), 0, count)
        return count >= 0
    }

    override fun goBackToSelector() {
        readsSinceSelect = READS_PER_SELECT
    }

    /** Reads what the socket has into [target], or waits first: the number of bytes, 0 if there was nothing after all, -1 at the end. */
    suspend fun read(target: ByteBuffer): Int {
        if (readsSinceSelect >= READS_PER_SELECT) {
            readsSinceSelect = 0
            readiness.await(SelectionKey.OP_READ)
        }
        readsSinceSelect++
        val count = channel.read(target)
        // The socket is empty by now: to be told so costs a system call, as does the selector, which waits.
        if (target.hasRemaining()) goBackToSelector()
        return count
    }

    private companion object {
        const val SMALL_READ = 4 * 1024
        const val GROWTH = 4

        /** One read takes what a loaded server has sent meanwhile, in few system calls, and stays within L2. */
        const val LARGE_READ = 64 * 1024

        /**
         * The reader runs on the selector's thread. A server that sends without pause must not keep that thread from other sockets, nor from
         * telling the writer that there is room again, so that the reader goes through the selector after this many reads.
         */
        const val READS_PER_SELECT = 16
    }
}
