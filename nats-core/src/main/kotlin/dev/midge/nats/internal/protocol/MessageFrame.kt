package dev.midge.nats.internal.protocol

/**
 * One MSG or HMSG as the parser sees it: offsets into its line and its body, which lie where they were read. Reused for every message.
 *
 * A body that came in one piece is copied only by those who keep it. One that was split over pieces has arrays of its own, and the first who
 * keeps it is given these.
 */
internal class MessageFrame {
    /** The bytes that the offsets below refer to. */
    var line: ByteArray = Empty
    var subjectFrom: Int = 0
    var subjectTo: Int = 0
    var replyFrom: Int = 0

    /** Equal to [replyFrom] if there is no reply subject. */
    var replyTo: Int = 0
    var sid: Long = 0

    /** Header bytes as declared by HMSG; 0 for MSG. */
    var headerSize: Int = 0

    /** Header and payload bytes as declared. */
    var totalSize: Int = 0
    var hasHeaders: Boolean = false

    /** Where the [headerSize] bytes of the headers begin. */
    var headerBytes: ByteArray = Empty
    var headerFrom: Int = 0

    /** Where the [payloadSize] bytes of the payload begin. */
    var payloadBytes: ByteArray = Empty
    var payloadFrom: Int = 0

    /** Whether they are arrays of their own, which nobody has been given yet. */
    private var areHeadersFree = false
    private var isPayloadFree = false

    val payloadSize: Int
        get() = totalSize - headerSize

    val hasReply: Boolean
        get() = replyTo > replyFrom

    /** The body lies in `bytes`, headers first, and is the reader's. */
    fun bodyAt(bytes: ByteArray, from: Int) {
        share()
        headerBytes = bytes
        headerFrom = from
        payloadBytes = bytes
        payloadFrom = from + headerSize
    }

    /** The body is in [headers] and [payload], which have just its bytes. */
    fun bodyIn(headers: ByteArray, payload: ByteArray) {
        areHeadersFree = true
        isPayloadFree = true
        headerBytes = headers
        headerFrom = 0
        payloadBytes = payload
        payloadFrom = 0
    }

    /** Several will keep the body: each is to have a copy. */
    fun share() {
        areHeadersFree = false
        isPayloadFree = false
    }

    fun subject(): String = String(line, subjectFrom, subjectTo - subjectFrom, Charsets.UTF_8)

    /** The reply subject as it came; an array of its own. */
    fun reply(): ByteArray? = if (hasReply) line.copyOfRange(replyFrom, replyTo) else null

    /** The headers as they came, or `null`; an array that nobody else has. */
    fun headers(): ByteArray? {
        if (!hasHeaders) return null
        if (!areHeadersFree) return copyOfHeaders()
        areHeadersFree = false
        return headerBytes
    }

    /** As [headers], always a copy. */
    fun copyOfHeaders(): ByteArray? = if (hasHeaders) headerBytes.copyOfRange(headerFrom, headerFrom + headerSize) else null

    /** The payload; an array that nobody else has. */
    fun payload(): ByteArray {
        if (payloadSize == 0) return Empty
        if (!isPayloadFree) return payloadBytes.copyOfRange(payloadFrom, payloadFrom + payloadSize)
        isPayloadFree = false
        return payloadBytes
    }

    companion object {
        val Empty: ByteArray = ByteArray(0)
    }
}
