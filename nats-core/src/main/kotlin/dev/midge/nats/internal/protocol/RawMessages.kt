package dev.midge.nats.internal.protocol

import java.nio.ByteBuffer

/**
 * Checks protocol bytes that a user wrote: whole PUB and HPUB frames, exactly as [ProtocolEncoder] writes them, so that [ClientFrames] finds
 * them again.
 *
 * @property messages how many frames there are.
 */
internal class RawMessages private constructor(
    private val bytes: ByteBuffer,
    private val maxPayload: Long,
    private val takesHeaders: Boolean,
) {
    private var at = bytes.position()
    private var messages = 0

    private fun checkAll() {
        if (at == bytes.limit()) violation("there is nothing to write")
        while (at < bytes.limit()) {
            checkFrame()
            messages++
        }
    }

    private fun checkFrame() {
        val end = lineEnd()
        val line = ClientFrames.line(bytes, at)
        val arguments = line.split(' ')
        val sizes = when (arguments[0]) {
            "PUB" -> 1
            "HPUB" -> 2
            else -> violation("'${arguments[0]}' is neither PUB nor HPUB; what else there is to say, the connection says itself")
        }
        val subjects = arguments.size - 1 - sizes
        if (subjects !in 1..2) violation("'$line' has ${arguments.size - 1} arguments, ${arguments[0]} takes ${sizes + 1} or ${sizes + 2}")
        for (subject in arguments.subList(1, 1 + subjects)) {
            SubjectSyntax.violation(subject)?.let { violation("'$subject' is not a subject: $it") }
            if (SubjectSyntax.hasWildcard(subject)) violation("'$subject' holds a wildcard; one publishes to a subject without")
        }
        if (sizes == 2 && !takesHeaders) violation("'$line' has headers, which the server does not support")
        val size = size(arguments.last(), line)
        if (sizes == 2 && size(arguments[arguments.size - 2], line) > size) violation("'$line' has more header bytes than bytes at all")
        if (size > maxPayload) violation("'$line' is more than the server takes, $maxPayload B (max_payload)")
        at = end + LINE_END
        if (bytes.limit() - at < size + LINE_END) violation("the payload of '$line' is cut off")
        at += size.toInt()
        if (bytes.get(at) != CR || bytes.get(at + 1) != LF) violation("the payload of '$line' does not end with CR LF")
        at += LINE_END
    }

    private fun lineEnd(): Int {
        val cr = (at until bytes.limit() - 1).firstOrNull { bytes.get(it) == CR }
        return if (cr != null && bytes.get(cr + 1) == LF) cr else violation("a line does not end with CR LF")
    }

    private fun size(digits: String, line: String): Long {
        if (digits.isEmpty() || digits.length > MAX_DIGITS ||
            digits.any { it !in '0'..'9' }
        ) {
            violation("'$digits' in '$line' is not a size")
        }
        return digits.toLong()
    }

    private fun violation(what: String): Nothing = throw IllegalArgumentException("byte ${at - bytes.position()}: $what")

    companion object {
        private const val CR = '\r'.code.toByte()
        private const val LF = '\n'.code.toByte()
        private const val LINE_END = 2
        private const val MAX_DIGITS = 10

        /**
         * Returns how many messages the bytes are.
         *
         * @throws IllegalArgumentException if they are not whole messages of at most [maxPayload] bytes each, without headers unless
         *   the server [takesHeaders].
         */
        fun count(bytes: ByteBuffer, maxPayload: Long, takesHeaders: Boolean = true): Int =
            RawMessages(bytes, maxPayload, takesHeaders).apply { checkAll() }.messages
    }
}
