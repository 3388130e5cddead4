package dev.midge.nats.internal.client

import dev.midge.nats.internal.protocol.ClientFrames
import dev.midge.nats.internal.protocol.ProtocolEncoder
import java.nio.ByteBuffer

/** A message on the wire: PUB, or HPUB if there is a header block. */
internal object PublishFrame {
    fun size(subject: ByteArray, replyTo: ByteArray?, headers: ByteArray?, payloadSize: Int): Int = if (headers == null) {
        ProtocolEncoder.publishSize(subject, replyTo, payloadSize)
    } else {
        ProtocolEncoder.headerPublishSize(subject, replyTo, headers.size, headers.size + payloadSize)
    }

    /** Writes [size] bytes, of which [payload] has to write [payloadSize]. */
    inline fun write(
        out: ByteBuffer,
        subject: ByteArray,
        replyTo: ByteArray?,
        headers: ByteArray?,
        payloadSize: Int,
        payload: (ByteBuffer) -> Unit,
    ) {
        if (headers == null) {
            ProtocolEncoder.publishLine(out, subject, replyTo, payloadSize)
        } else {
            ProtocolEncoder.headerPublishLine(out, subject, replyTo, headers.size, headers.size + payloadSize)
            out.put(headers)
        }
        payload(out)
        ProtocolEncoder.endPayload(out)
    }

    /** The line as the wire log shows it, without its end. */
    fun line(subject: ByteArray, replyTo: ByteArray?, headers: ByteArray?, payloadSize: Int): String {
        val line = ByteBuffer.allocate(size(subject, replyTo, headers, payloadSize) - payloadSize)
        write(line, subject, replyTo, headers, payloadSize) {}
        return ClientFrames.line(line.flip(), 0)
    }
}
