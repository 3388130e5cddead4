package dev.midge.nats.testing.internal.embedded

/** Collects what arrives in pieces; it grows with what has arrived and never with what was announced. */
internal class ByteAccumulator {
    /** Holds [size] bytes from its start. Another array after [append]. */
    var array: ByteArray = EMPTY
        private set

    var size: Int = 0
        private set

    fun append(bytes: ByteArray, start: Int, end: Int) {
        val count = end - start
        if (array.size - size < count) array = array.copyOf(maxOf(INITIAL, array.size * 2, size + count))
        bytes.copyInto(array, size, start, end)
        size += count
    }

    fun setTo(bytes: ByteArray) {
        clear()
        append(bytes, 0, bytes.size)
    }

    /** Forgets the bytes, and the array if it is a large one: thousands of idle connections must not each keep a megabyte. */
    fun clear() {
        size = 0
        if (array.size > KEPT) array = EMPTY
    }

    private companion object {
        val EMPTY = ByteArray(0)
        const val INITIAL = 256
        const val KEPT = 4096
    }
}
