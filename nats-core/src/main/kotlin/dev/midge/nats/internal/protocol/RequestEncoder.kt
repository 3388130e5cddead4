package dev.midge.nats.internal.protocol

import java.nio.ByteBuffer

/**
 * Writes PUB and HPUB of requests, whose reply subject is a prefix that stays and a token that counts: its digits go straight to where the
 * frame is, and no array is made of both. Else as [ProtocolEncoder].
 */
internal object RequestEncoder {
    private const val PUB = 0x50554220 // "PUB "
    private const val HPUB = 0x48505542 // "HPUB"
    private const val CRLF: Short = 0x0D0A
    private const val SPACE: Byte = 0x20

    fun size(subject: ByteArray, replyPrefix: ByteArray, token: Long, headers: ByteArray?, payloadSize: Int): Int {
        val rest = 1 + replyPrefix.size + ProtocolEncoder.digits(token)
        return rest + if (headers == null) {
            ProtocolEncoder.publishSize(subject, null, payloadSize)
        } else {
            ProtocolEncoder.headerPublishSize(subject, null, headers.size, headers.size + payloadSize)
        }
    }

    /**
     * `PUB <subject> <reply-to> <#bytes>␍␊` or `HPUB <subject> <reply-to> <#header bytes> <#total bytes>␍␊` and the headers, to be followed by
     * the payload and [ProtocolEncoder.endPayload].
     */
    fun head(out: ByteBuffer, subject: ByteArray, replyPrefix: ByteArray, token: Long, headers: ByteArray?, payloadSize: Int) {
        if (headers == null) {
            out.putInt(PUB)
        } else {
            out.putInt(HPUB)
            out.put(SPACE)
        }
        out.put(subject)
        out.put(SPACE)
        out.put(replyPrefix)
        ProtocolEncoder.number(out, token)
        out.put(SPACE)
        if (headers != null) {
            ProtocolEncoder.number(out, headers.size.toLong())
            out.put(SPACE)
        }
        ProtocolEncoder.number(out, (headers?.size ?: 0) + payloadSize.toLong())
        out.putShort(CRLF)
        if (headers != null) out.put(headers)
    }
}
