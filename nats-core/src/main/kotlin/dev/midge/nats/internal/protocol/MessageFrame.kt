package dev.midge.nats.internal.protocol

/**
 * One MSG or HMSG as the parser sees it: offsets into its line, and arrays of their own for headers and payload. Reused for every message.
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
    var headers: ByteArray? = null
    var payload: ByteArray = Empty

    val hasReply: Boolean
        get() = replyTo > replyFrom

    fun subject(): String = String(line, subjectFrom, subjectTo - subjectFrom, Charsets.UTF_8)

    /** The reply subject as it came; an array of its own. */
    fun reply(): ByteArray? = if (hasReply) line.copyOfRange(replyFrom, replyTo) else null

    companion object {
        val Empty: ByteArray = ByteArray(0)
    }
}
