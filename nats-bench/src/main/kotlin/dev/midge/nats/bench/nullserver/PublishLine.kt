package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/**
 * Where the words of a PUB or HPUB are.
 *
 * @property replyStart -1 if there is no reply subject.
 * @property headerSize -1 for a PUB.
 * @property size of headers and payload.
 */
internal class PublishLine private constructor(val replyStart: Int, val replyEnd: Int, val headerSize: Int, val size: Int, val end: Int) {
    companion object {
        private const val SPACE = ' '.code.toByte()
        private const val MOST_WORDS = 5

        /** Reads `bytes[start, end)`, which begins with a verb and ends with a carriage return. */
        fun read(bytes: ByteBuffer, start: Int, end: Int): PublishLine {
            val starts = IntArray(MOST_WORDS)
            var words = 1
            starts[0] = start
            for (at in start until end) if (bytes.get(at) == SPACE) starts[words++] = at + 1
            val headed = bytes.get(start) == 'H'.code.toByte()
            val sizes = if (headed) 2 else 1
            val hasReply = words - sizes > 2
            return PublishLine(
                replyStart = if (hasReply) starts[2] else -1,
                replyEnd = if (hasReply) starts[3] - 1 else -1,
                headerSize = if (headed) number(bytes, starts[words - 2]) else -1,
                size = number(bytes, starts[words - 1]),
                end = end + 1,
            )
        }

        private fun number(bytes: ByteBuffer, start: Int): Int {
            var value = 0
            var at = start
            while (true) {
                val digit = bytes.get(at++) - '0'.code
                if (digit !in 0..9) return value
                value = value * 10 + digit
            }
        }
    }
}
