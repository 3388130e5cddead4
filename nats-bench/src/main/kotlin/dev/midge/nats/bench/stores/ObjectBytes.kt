package dev.midge.nats.bench.stores

import java.io.InputStream
import java.io.OutputStream

/** As many [bytes] as an object has, which cost next to nothing: copies of one [block]. */
internal class ObjectBytes(private var bytes: Long, private val block: ByteArray) : InputStream() {
    override fun read(): Int = if (bytes-- > 0) block[0].toInt() else -1

    override fun read(into: ByteArray, offset: Int, length: Int): Int {
        if (bytes <= 0) return -1
        val count = minOf(length.toLong(), bytes, block.size.toLong()).toInt()
        block.copyInto(into, offset, 0, count)
        bytes -= count
        return count
    }
}

/** Where what is written is only counted. */
internal class CountingOutput : OutputStream() {
    var bytes = 0L
        private set

    override fun write(byte: Int) {
        bytes++
    }

    override fun write(from: ByteArray, offset: Int, length: Int) {
        bytes += length
    }
}
