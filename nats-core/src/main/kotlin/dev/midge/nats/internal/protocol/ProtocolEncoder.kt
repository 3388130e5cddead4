package dev.midge.nats.internal.protocol

import java.nio.ByteBuffer

/**
 * Writes client operations. Pure: a function a verb, its grammar above it.
 *
 * The caller has checked the arguments and made room: `xxxSize` says how many bytes `xxx` writes. Source: NATS client protocol.
 */
internal object ProtocolEncoder {
    private const val PUB = 0x50554220 // "PUB "
    private const val HPUB = 0x48505542 // "HPUB"
    private const val SUB = 0x53554220 // "SUB "
    private const val UNSU = 0x554E5355 // "UNSU"
    private const val PING = 0x50494E47 // "PING"
    private const val PONG = 0x504F4E47 // "PONG"
    private const val CONN = 0x434F4E4E // "CONN"
    private const val ECT = 0x45435420 // "ECT "
    private const val CRLF: Short = 0x0D0A
    private const val B_SPACE: Short = 0x4220 // "B "
    private const val SPACE: Byte = 0x20

    private const val CRLF_BYTES = 2
    private const val FRAMED_BYTES = 2 * CRLF_BYTES

    /** PING, PONG: verb and line end. */
    const val PING_SIZE: Int = 4 + CRLF_BYTES

    fun publishSize(subject: ByteArray, replyTo: ByteArray?, payloadSize: Int): Int =
        4 + argumentsSize(subject, replyTo) + digits(payloadSize.toLong()) + FRAMED_BYTES + payloadSize

    /** `PUB <subject> [reply-to] <#bytes>␍␊`, to be followed by the payload and [endPayload]. */
    fun publishLine(out: ByteBuffer, subject: ByteArray, replyTo: ByteArray?, payloadSize: Int) {
        out.putInt(PUB)
        arguments(out, subject, replyTo)
        number(out, payloadSize.toLong())
        out.putShort(CRLF)
    }

    fun headerPublishSize(subject: ByteArray, replyTo: ByteArray?, headerSize: Int, totalSize: Int): Int =
        5 + argumentsSize(subject, replyTo) + digits(headerSize.toLong()) + 1 + digits(totalSize.toLong()) + FRAMED_BYTES + totalSize

    /** `HPUB <subject> [reply-to] <#header bytes> <#total bytes>␍␊`, to be followed by headers, payload and [endPayload]. */
    fun headerPublishLine(out: ByteBuffer, subject: ByteArray, replyTo: ByteArray?, headerSize: Int, totalSize: Int) {
        out.putInt(HPUB)
        out.put(SPACE)
        arguments(out, subject, replyTo)
        number(out, headerSize.toLong())
        out.put(SPACE)
        number(out, totalSize.toLong())
        out.putShort(CRLF)
    }

    /** The line end after a payload. */
    fun endPayload(out: ByteBuffer) {
        out.putShort(CRLF)
    }

    fun subscribeSize(subject: ByteArray, queueGroup: ByteArray?, sid: Long): Int =
        4 + argumentsSize(subject, queueGroup) + digits(sid) + CRLF_BYTES

    /** `SUB <subject> [queue group] <sid>␍␊` */
    fun subscribe(out: ByteBuffer, subject: ByteArray, queueGroup: ByteArray?, sid: Long) {
        out.putInt(SUB)
        arguments(out, subject, queueGroup)
        number(out, sid)
        out.putShort(CRLF)
    }

    fun unsubscribeSize(sid: Long, maxMessages: Long): Int =
        6 + digits(sid) + (if (maxMessages > 0) 1 + digits(maxMessages) else 0) + CRLF_BYTES

    /** `UNSUB <sid> [max_msgs]␍␊` */
    fun unsubscribe(out: ByteBuffer, sid: Long, maxMessages: Long) {
        out.putInt(UNSU)
        out.putShort(B_SPACE)
        number(out, sid)
        if (maxMessages > 0) {
            out.put(SPACE)
            number(out, maxMessages)
        }
        out.putShort(CRLF)
    }

    /** `PING␍␊` */
    fun ping(out: ByteBuffer) {
        out.putInt(PING)
        out.putShort(CRLF)
    }

    /** `PONG␍␊` */
    fun pong(out: ByteBuffer) {
        out.putInt(PONG)
        out.putShort(CRLF)
    }

    fun connectSize(options: ByteArray): Int = 8 + options.size + CRLF_BYTES

    /** `CONNECT {json}␍␊` */
    fun connect(out: ByteBuffer, options: ByteArray) {
        out.putInt(CONN)
        out.putInt(ECT)
        out.put(options)
        out.putShort(CRLF)
    }

    private fun argumentsSize(first: ByteArray, second: ByteArray?): Int = first.size + 1 + if (second == null) 0 else second.size + 1

    private fun arguments(out: ByteBuffer, first: ByteArray, second: ByteArray?) {
        out.put(first)
        out.put(SPACE)
        if (second != null) {
            out.put(second)
            out.put(SPACE)
        }
    }

    fun digits(value: Long): Int {
        var count = 1
        var rest = value / 10
        while (rest != 0L) {
            count++
            rest /= 10
        }
        return count
    }

    fun number(out: ByteBuffer, value: Long) {
        val end = out.position() + digits(value)
        var at = end
        var rest = value
        do {
            val next = rest / 10
            out.put(--at, ('0'.code + (rest - next * 10).toInt()).toByte())
            rest = next
        } while (rest != 0L)
        out.position(end)
    }
}
