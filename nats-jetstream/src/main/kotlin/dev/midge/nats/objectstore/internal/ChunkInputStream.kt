package dev.midge.nats.objectstore.internal

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ChannelResult
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.runBlocking
import java.io.IOException
import java.io.InputStream
import java.io.InterruptedIOException
import java.util.Objects

/** [chunks] as a stream that blocks the thread which reads. They are collected from the first read on, and never more than one ahead. */
internal class ChunkInputStream(private val chunks: Flow<ByteArray>) : InputStream() {
    // All threads of other dispatchers may be waiting for this.
    private val scope = CoroutineScope(COLLECTING)
    private var arriving: ReceiveChannel<ByteArray>? = null
    private var chunk = ByteArray(0)
    private var position = 0
    private var hasEnded = false

    @Volatile
    private var isClosed = false

    override fun read(): Int {
        val one = ByteArray(1)
        return if (read(one, 0, 1) < 0) -1 else one[0].toInt() and BYTE
    }

    override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
        Objects.checkFromIndexSize(offset, length, bytes.size)
        if (length == 0) return 0
        while (position == chunk.size) if (!fill()) return -1
        val count = minOf(length, chunk.size - position)
        chunk.copyInto(bytes, offset, position, position + count)
        position += count
        return count
    }

    /** Returns `false` at the end, which comes only when all was found to be right. */
    private fun fill(): Boolean {
        if (isClosed) throw IOException("the stream is closed")
        if (hasEnded) return false
        val next = receive()
        next.exceptionOrNull()?.let { throw IOException(it.message, it) }
        hasEnded = next.isClosed
        chunk = next.getOrNull() ?: ByteArray(0)
        position = 0
        return !hasEnded
    }

    private fun receive(): ChannelResult<ByteArray> {
        val from = arriving ?: chunks.buffer(Channel.RENDEZVOUS).produceIn(scope).also { arriving = it }
        try {
            return runBlocking { from.receiveCatching() }
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
            throw InterruptedIOException("interrupted while reading an object")
        }
    }

    override fun available(): Int = chunk.size - position

    override fun close() {
        isClosed = true
        scope.cancel()
    }

    private companion object {
        const val BYTE = 0xff
    }
}
