package dev.midge.nats.testing.internal.embedded

import java.nio.ByteBuffer

/** What one client has yet to be sent. Confined to the server's thread. */
internal class OutboundBuffer(private val pool: ChunkPool) {
    private class Chunk(val array: ByteArray) {
        /** From here on to be sent. */
        var start = 0

        /** Up to here filled. */
        var end = 0
    }

    private val chunks = ArrayDeque<Chunk>()
    private var last: Chunk? = null

    /** How many bytes wait here. */
    var pendingBytes: Long = 0
        private set

    /** How many bytes were ever sent from here. */
    var sentBytes: Long = 0
        private set

    /** The array that the last [reserve] was made in. */
    val array: ByteArray get() = checkNotNull(last).array

    /** Makes room for [count] bytes in one piece and returns where in [array] they go; the caller fills all of them. */
    fun reserve(count: Int): Int {
        val chunk = last?.takeIf { it.array.size - it.end >= count } ?: append(count)
        val at = chunk.end
        chunk.end += count
        pendingBytes += count
        return at
    }

    fun write(bytes: ByteArray): Unit = write(bytes, 0, bytes.size)

    fun write(bytes: ByteArray, start: Int, end: Int) {
        var at = start
        while (at < end) {
            val chunk = last?.takeIf { it.end < it.array.size } ?: append(1)
            val count = minOf(end - at, chunk.array.size - chunk.end)
            bytes.copyInto(chunk.array, chunk.end, at, at + count)
            chunk.end += count
            at += count
        }
        pendingBytes += end - start
    }

    /** Sends what [channel] takes now. */
    fun writeTo(channel: ClientChannel) {
        while (chunks.isNotEmpty()) {
            val chunk = chunks.first()
            val count = channel.write(ByteBuffer.wrap(chunk.array, chunk.start, chunk.end - chunk.start))
            pendingBytes -= count
            sentBytes += count
            chunk.start += count
            if (chunk.start < chunk.end) return
            dropFirst()
        }
    }

    /** Forgets everything. */
    fun clear() {
        while (chunks.isNotEmpty()) dropFirst()
        pendingBytes = 0
    }

    private fun append(count: Int): Chunk {
        val isSmall = chunks.isEmpty() && count <= ChunkPool.SMALL_BYTES
        val array =
            when {
                isSmall -> pool.small()
                count <= ChunkPool.LARGE_BYTES -> pool.large()
                else -> ByteArray(count)
            }
        return Chunk(array).also {
            chunks.addLast(it)
            last = it
        }
    }

    private fun dropFirst() {
        pool.giveBack(chunks.removeFirst().array)
        if (chunks.isEmpty()) last = null
    }
}
