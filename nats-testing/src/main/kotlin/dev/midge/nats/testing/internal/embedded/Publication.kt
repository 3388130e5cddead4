package dev.midge.nats.testing.internal.embedded

/**
 * The message that a client is publishing: where its parts lie in the arrays that it arrived in. One object a client, filled anew for
 * each message, so that publishing allocates nothing. Valid only during [ClientOperations.publish].
 */
internal class Publication {
    /** Holds the subject, the reply subject and the size as they were written. */
    var line: ByteArray = NONE
    var subjectStart: Int = 0
    var subjectEnd: Int = 0
    var replyStart: Int = 0

    /** Equal to [replyStart] if there is no reply subject. */
    var replyEnd: Int = 0
    var sizeStart: Int = 0
    var sizeEnd: Int = 0

    /** The header block's length as it was written, and its value; 0 without headers. */
    var headerSizeStart: Int = 0
    var headerSizeEnd: Int = 0
    var headerSize: Int = 0

    /** Of headers and payload together. */
    var totalSize: Int = 0

    /** Holds headers, payload and CRLF from [bodyStart] on. */
    var body: ByteArray = NONE
    var bodyStart: Int = 0

    val hasReply: Boolean get() = replyEnd > replyStart

    /**
     * Takes over the line `subject [reply] [header size] size` in [arguments].
     *
     * @throws ProtocolViolation if it is not such a line.
     */
    fun read(arguments: ArgumentList, headers: Boolean) {
        val sizes = if (headers) 2 else 1
        val subjects = arguments.count - sizes
        if (subjects !in 1..2) throw ProtocolViolation.unreadable()
        line = arguments.line
        subjectStart = arguments.start(0)
        subjectEnd = arguments.end(0)
        replyStart = if (subjects == 2) arguments.start(1) else 0
        replyEnd = if (subjects == 2) arguments.end(1) else 0
        val last = arguments.count - 1
        sizeStart = arguments.start(last)
        sizeEnd = arguments.end(last)
        totalSize = arguments.size(last)
        headerSizeStart = if (headers) arguments.start(last - 1) else 0
        headerSizeEnd = if (headers) arguments.end(last - 1) else 0
        headerSize = if (headers) arguments.size(last - 1) else 0
        if (totalSize < 0 || headerSize < 0 || headerSize > totalSize) throw ProtocolViolation.unreadable()
    }

    /** Copies the line, whose array is about to be overwritten. */
    fun keepLine() {
        val offset = subjectStart
        line = line.copyOfRange(offset, sizeEnd)
        subjectStart -= offset
        subjectEnd -= offset
        replyStart = maxOf(0, replyStart - offset)
        replyEnd = maxOf(0, replyEnd - offset)
        headerSizeStart = maxOf(0, headerSizeStart - offset)
        headerSizeEnd = maxOf(0, headerSizeEnd - offset)
        sizeStart -= offset
        sizeEnd -= offset
    }

    private companion object {
        val NONE = ByteArray(0)
    }
}
