package dev.midge.nats.internal.protocol

import java.nio.ByteBuffer

/** Finds the frames again in bytes that [ProtocolEncoder] wrote: needed for the log, and when a connection broke in the middle of them. */
internal object ClientFrames {
    private const val PUB = 0x50554220 // "PUB "
    private const val HPUB = 0x48505542 // "HPUB"
    private const val CR = '\r'.code.toByte()
    private const val LINE_END = 2
    private const val SPACE = ' '.code.toByte()

    /** Whether a message begins at [from]; all other operations are control frames. */
    fun isMessage(bytes: ByteBuffer, from: Int): Boolean {
        val opcode = bytes.getInt(from)
        return opcode == PUB || opcode == HPUB
    }

    /** Whether the message that begins at [from] has headers. */
    fun hasHeaders(bytes: ByteBuffer, from: Int): Boolean = bytes.getInt(from) == HPUB

    /** Payload and headers of the message that begins at [from]. */
    fun messageSize(bytes: ByteBuffer, from: Int): Int = lastNumber(bytes, lineEnd(bytes, from))

    /** Where the frame that begins at [from] ends. */
    fun end(bytes: ByteBuffer, from: Int): Int {
        val line = lineEnd(bytes, from)
        return line + LINE_END + if (isMessage(bytes, from)) lastNumber(bytes, line) + LINE_END else 0
    }

    /** The line that begins at [from], without its end. */
    fun line(bytes: ByteBuffer, from: Int): String {
        val line = ByteArray(lineEnd(bytes, from) - from)
        bytes.get(from, line)
        return line.decodeToString()
    }

    /** The lines of all frames up to the limit of [bytes]. */
    fun lines(bytes: ByteBuffer): List<String> = buildList {
        var at = bytes.position()
        while (at < bytes.limit()) {
            add(line(bytes, at))
            at = end(bytes, at)
        }
    }

    private fun lineEnd(bytes: ByteBuffer, from: Int): Int {
        var at = from
        while (bytes.get(at) != CR) at++
        return at
    }

    /** The size of all that follows the line: the last argument of both PUB and HPUB. */
    private fun lastNumber(bytes: ByteBuffer, lineEnd: Int): Int {
        var from = lineEnd
        while (bytes.get(from - 1) != SPACE) from--
        var number = 0
        for (i in from until lineEnd) number = number * 10 + (bytes.get(i) - '0'.code)
        return number
    }
}
