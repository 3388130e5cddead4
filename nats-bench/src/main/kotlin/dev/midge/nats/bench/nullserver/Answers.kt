package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/** What one read of a client is answered with, gathered for one write. */
internal class Answers(private val wire: Wire) {
    private var output = wire.allocate(INITIAL_BYTES)

    fun add(operation: ByteArray) {
        room(operation.size)
        output.put(operation)
    }

    /** The answer to the [line] in [input]: its own headers and payload, which follow the line. */
    fun add(input: ByteBuffer, line: PublishLine, sid: ByteArray) {
        room(LINE_BYTES + line.replyEnd - line.replyStart + line.size)
        output.put(if (line.headerSize < 0) MSG else HMSG)
        output.put(input, line.replyStart, line.replyEnd - line.replyStart)
        output.put(SPACE).put(sid).put(SPACE)
        if (line.headerSize >= 0) number(line.headerSize).also { output.put(SPACE) }
        number(line.size)
        output.put(CRLF)
        output.put(input, line.end, line.size + CRLF.size)
    }

    fun write() {
        if (output.position() == 0) return
        wire.write(output.flip())
        output.clear()
    }

    private fun number(value: Int) {
        if (value >= 10) number(value / 10)
        output.put(('0'.code + value % 10).toByte())
    }

    private fun room(bytes: Int) {
        if (output.remaining() >= bytes) return
        write()
        if (output.capacity() < bytes) output = wire.allocate(bytes)
    }

    /** Puts `bytes[start, start + length)`, without an object for it: [ByteBuffer.put] of that kind is for arrays and whole buffers. */
    private fun ByteBuffer.put(bytes: ByteBuffer, start: Int, length: Int) {
        put(position(), bytes, start, length)
        position(position() + length)
    }

    private companion object {
        const val INITIAL_BYTES = 64 * 1024

        /** Verb, spaces, sid, sizes and line ends. */
        const val LINE_BYTES = 64
        const val SPACE = ' '.code.toByte()
        val MSG = "MSG ".encodeToByteArray()
        val HMSG = "HMSG ".encodeToByteArray()
        val CRLF = "\r\n".encodeToByteArray()
    }
}
