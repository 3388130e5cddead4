package dev.midge.nats.testing.internal.embedded

/**
 * The arrays that outgoing bytes wait in, in two sizes: a client with little to read must not hold 64 KiB, one with much must not be
 * written to in small pieces. Confined to the server's thread.
 */
internal class ChunkPool {
    private val small = ArrayDeque<ByteArray>()
    private val large = ArrayDeque<ByteArray>()

    fun small(): ByteArray = small.removeLastOrNull() ?: ByteArray(SMALL_BYTES)

    fun large(): ByteArray = large.removeLastOrNull() ?: ByteArray(LARGE_BYTES)

    fun giveBack(chunk: ByteArray) {
        val pool =
            when (chunk.size) {
                SMALL_BYTES -> small
                LARGE_BYTES -> large
                else -> return
            }
        if ((pool.size + 1) * chunk.size.toLong() <= KEPT_BYTES) pool.addLast(chunk)
    }

    companion object {
        const val SMALL_BYTES: Int = 4 * 1024

        /** A write of this size costs little more than its copying. */
        const val LARGE_BYTES: Int = 64 * 1024

        /** What a backlog leaves behind and the next one finds again. */
        private const val KEPT_BYTES = 16L * 1024 * 1024
    }
}
