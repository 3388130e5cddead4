package dev.midge.nats.internal.transport

import io.ktor.utils.io.ByteReadChannel
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.SocketChannel

/**
 * A Ktor socket, whose bytes go straight to its NIO [channel], while its [selector] suspends the side that finds the kernel full or empty.
 *
 * Ktor's own `ByteWriteChannel` would copy the batches and write 8 KiB a system call.
 */
internal class KtorTcpTransport(private val channel: SocketChannel, private val selector: LeasedSelector) : Transport {
    private val readiness = selector.selector.readiness(channel)
    override val input: ByteReadChannel = SocketReadChannel(channel, readiness)

    /** Makes no object as long as the kernel has room. */
    override suspend fun write(bytes: ByteBuffer) {
        if (!writeNow(bytes)) writeWhenReady(bytes)
    }

    /** Writes what the kernel has room for; `false` if that is not all. */
    private fun writeNow(bytes: ByteBuffer): Boolean {
        val end = bytes.limit()
        while (bytes.position() < end) {
            // The JDK copies a heap buffer into a direct one of the same size, and keeps that: large ones go in slices.
            if (!bytes.isDirect) bytes.limit(minOf(end, bytes.position() + SLICE_BYTES))
            val written = try {
                channel.write(bytes)
            } finally {
                bytes.limit(end)
            }
            if (written == 0) return false
        }
        return true
    }

    private suspend fun writeWhenReady(bytes: ByteBuffer) {
        do readiness.await(SelectionKey.OP_WRITE) while (!writeNow(bytes))
    }

    // By hand: Ktor's own close() is a coroutine on Dispatchers.Default, which users' code may keep busy for as long as it likes.
    override suspend fun close() {
        try {
            channel.close()
        } finally {
            readiness.close()
            selector.close()
        }
    }

    private companion object {
        const val SLICE_BYTES = 128 * 1024
    }
}
