package dev.midge.nats.testing.internal.embedded

private val MSG = "MSG ".encodeToByteArray()
private val HMSG = "HMSG ".encodeToByteArray()

/** Writes [publication] as the MSG or HMSG for the subscription [sid]; clients without [headers] get the payload alone. */
internal fun OutboundBuffer.writeMessage(publication: Publication, sid: ByteArray, headers: Boolean) {
    val withHeaders = headers && publication.headerSize > 0
    val skipped = if (withHeaders) 0 else publication.headerSize
    // Sizes go out as they came in, byte for byte, unless the headers are left out.
    val size = if (skipped > 0) (publication.totalSize - skipped).toString().encodeToByteArray() else publication.line
    val sizeStart = if (skipped > 0) 0 else publication.sizeStart
    val sizeEnd = if (skipped > 0) size.size else publication.sizeEnd
    val verb = if (withHeaders) HMSG else MSG

    val line = publication.line
    var length = verb.size + (publication.subjectEnd - publication.subjectStart) + 1 + sid.size + 1 + (sizeEnd - sizeStart) + CRLF_LENGTH
    if (publication.hasReply) length += publication.replyEnd - publication.replyStart + 1
    if (withHeaders) length += publication.headerSizeEnd - publication.headerSizeStart + 1

    var at = reserve(length)
    val target = array
    at = put(target, at, verb, 0, verb.size)
    at = putWord(target, at, line, publication.subjectStart, publication.subjectEnd)
    at = putWord(target, at, sid, 0, sid.size)
    if (publication.hasReply) at = putWord(target, at, line, publication.replyStart, publication.replyEnd)
    if (withHeaders) at = putWord(target, at, line, publication.headerSizeStart, publication.headerSizeEnd)
    at = put(target, at, size, sizeStart, sizeEnd)
    target[at] = CR
    target[at + 1] = LF
    write(publication.body, publication.bodyStart + skipped, publication.bodyStart + publication.totalSize + CRLF_LENGTH)
}

private fun put(target: ByteArray, at: Int, source: ByteArray, start: Int, end: Int): Int {
    System.arraycopy(source, start, target, at, end - start)
    return at + end - start
}

private fun putWord(target: ByteArray, at: Int, source: ByteArray, start: Int, end: Int): Int {
    val blank = put(target, at, source, start, end)
    target[blank] = SPACE
    return blank + 1
}
