package dev.midge.nats.internal.protocol

import dev.midge.nats.ProtocolException

/**
 * The arguments of
 * `MSG <subject> <sid> [reply-to] <#bytes>` and
 * `HMSG <subject> <sid> [reply-to] <#header bytes> <#total bytes>`, in one pass without allocation.
 */
internal object MessageArguments {
    private const val SPACE: Byte = 0x20
    private const val TAB: Byte = 0x09
    private const val DECIMAL = 10

    /** Eighteen digits always fit a `Long`. */
    private const val MAX_DIGITS = 18

    /**
     * Fills [frame] from `line[from, to)`.
     *
     * @throws ProtocolException if there are too few or too many arguments, a number is none, or a size exceeds [limits].
     */
    fun parse(line: ByteArray, from: Int, to: Int, withHeaders: Boolean, limits: ProtocolLimits, frame: MessageFrame) {
        frame.line = line
        var at = skipBlanks(line, from, to)
        frame.subjectFrom = at
        at = skipWord(line, at, to)
        frame.subjectTo = at

        val sidFrom = skipBlanks(line, at, to)
        val sidTo = skipWord(line, sidFrom, to)
        frame.sid = number(line, sidFrom, sidTo)

        val thirdFrom = skipBlanks(line, sidTo, to)
        val thirdTo = skipWord(line, thirdFrom, to)
        val fourthFrom = skipBlanks(line, thirdTo, to)
        val fourthTo = skipWord(line, fourthFrom, to)
        if (withHeaders) {
            headerMessageSizes(line, to, thirdFrom, thirdTo, fourthFrom, fourthTo, frame)
        } else {
            messageSize(line, to, thirdFrom, thirdTo, fourthFrom, fourthTo, frame)
        }
        check(frame, limits)
    }

    private fun messageSize(line: ByteArray, to: Int, thirdFrom: Int, thirdTo: Int, fourthFrom: Int, fourthTo: Int, frame: MessageFrame) {
        val hasReply = fourthTo > fourthFrom
        frame.replyFrom = if (hasReply) thirdFrom else 0
        frame.replyTo = if (hasReply) thirdTo else 0
        frame.headerSize = 0
        frame.totalSize = if (hasReply) size(line, fourthFrom, fourthTo) else size(line, thirdFrom, thirdTo)
        if (skipBlanks(line, fourthTo, to) != to) tooMany()
    }

    private fun headerMessageSizes(
        line: ByteArray,
        to: Int,
        thirdFrom: Int,
        thirdTo: Int,
        fourthFrom: Int,
        fourthTo: Int,
        frame: MessageFrame,
    ) {
        val fifthFrom = skipBlanks(line, fourthTo, to)
        val fifthTo = skipWord(line, fifthFrom, to)
        val hasReply = fifthTo > fifthFrom
        frame.replyFrom = if (hasReply) thirdFrom else 0
        frame.replyTo = if (hasReply) thirdTo else 0
        frame.headerSize = if (hasReply) size(line, fourthFrom, fourthTo) else size(line, thirdFrom, thirdTo)
        frame.totalSize = if (hasReply) size(line, fifthFrom, fifthTo) else size(line, fourthFrom, fourthTo)
        if (skipBlanks(line, fifthTo, to) != to) tooMany()
    }

    private fun check(frame: MessageFrame, limits: ProtocolLimits) {
        if (frame.subjectTo == frame.subjectFrom) throw ProtocolException("a message has no subject")
        if (frame.totalSize > limits.payload) {
            throw ProtocolException("a message of ${frame.totalSize} B is announced, more than the limit of ${limits.payload} B")
        }
        if (frame.headerSize > frame.totalSize || frame.headerSize > limits.headers) {
            throw ProtocolException("a header block of ${frame.headerSize} B is announced in a message of ${frame.totalSize} B")
        }
    }

    private fun skipBlanks(line: ByteArray, from: Int, to: Int): Int {
        var at = from
        while (at < to && (line[at] == SPACE || line[at] == TAB)) at++
        return at
    }

    private fun skipWord(line: ByteArray, from: Int, to: Int): Int {
        var at = from
        while (at < to && line[at] != SPACE && line[at] != TAB) at++
        return at
    }

    private fun size(line: ByteArray, from: Int, to: Int): Int = number(line, from, to).coerceAtMost(Int.MAX_VALUE.toLong()).toInt()

    /** An unsigned decimal. */
    private fun number(line: ByteArray, from: Int, to: Int): Long {
        if (to == from || to - from > MAX_DIGITS) throw ProtocolException("a message has a number of ${to - from} digits")
        var value = 0L
        for (i in from until to) {
            val digit = line[i] - '0'.code
            if (digit < 0 || digit >= DECIMAL) throw ProtocolException("a message has a number with the byte ${line[i]} in it")
            value = value * DECIMAL + digit
        }
        return value
    }

    private fun tooMany(): Nothing = throw ProtocolException("a message has too many arguments")
}
