package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException
import dev.midge.nats.internal.transport.UnpumpedReadChannel
import dev.midge.nats.internal.transport.continueOnSelector
import dev.midge.nats.internal.transport.readInto
import io.ktor.utils.io.ByteReadChannel
import java.nio.ByteBuffer

/**
 * The payloads of the binary messages that [source] brings, as one stream of bytes. Frames are passed on as they come, whatever their length:
 * memory is bounded, and who does not read keeps the server from sending.
 *
 * @param onPing called with the payload of each ping.
 */
internal class WebSocketReadChannel(
    private val source: ByteReadChannel,
    private val inflater: MessageInflater?,
    private val onPing: (ByteArray) -> Unit,
) : UnpumpedReadChannel() {
    /** What was read and not looked at yet, from its position to its limit. */
    private val incoming = ByteBuffer.allocate(INCOMING_BYTES).limit(0)

    /** The frame whose payload comes next, and how much of that is still to come. */
    private var frame: FrameHeader? = null
    private var remaining = 0L

    /** Whether a message goes on with the next frame, and whether it is compressed. */
    private var isWithinMessage = false
    private var isCompressed = false

    override suspend fun fill(): Boolean {
        while (true) {
            if (inflater?.inflate(::lend) == true) return true
            val header = frame
            when {
                header == null -> if (!beginFrame() && !readMore()) return false

                header.isControl -> when {
                    incoming.remaining() < remaining -> if (!readMore()) return false
                    header.opcode == Opcode.CLOSE -> return false
                    else -> takeControl(header)
                }

                remaining == 0L -> endData(header)

                !incoming.hasRemaining() -> if (!readMore()) return false

                else -> if (takeData()) return true
            }
        }
    }

    /** Whether a header was there. */
    private fun beginFrame(): Boolean {
        val header = FrameHeader.read(incoming) ?: return false
        if (!header.isControl) beginData(header)
        frame = header
        remaining = header.length
        return true
    }

    private fun beginData(header: FrameHeader) {
        val fault = when {
            header.opcode == Opcode.TEXT -> "a text message, where NATS is binary"
            header.opcode > Opcode.BINARY -> "a WebSocket frame of a kind that does not exist: ${header.opcode}"
            (header.opcode == Opcode.CONTINUATION) != isWithinMessage -> "a piece of a WebSocket message out of turn"
            header.isCompressed && (inflater == null || isWithinMessage) -> "a compressed WebSocket frame where there can be none"
            else -> null
        }
        if (fault != null) throw ProtocolException("the server sent $fault")
        if (!isWithinMessage) isCompressed = header.isCompressed
        isWithinMessage = true
    }

    private fun takeControl(header: FrameHeader) {
        val payload = ByteArray(remaining.toInt()).also(incoming::get)
        remaining = 0
        if (header.opcode >
            Opcode.PONG
        ) {
            throw ProtocolException("the server sent a WebSocket frame of a kind that does not exist: ${header.opcode}")
        }
        if (header.opcode == Opcode.PING) onPing(payload)
        frame = null
    }

    /** Passes on what is there of the frame's payload; whether that is bytes of the stream by now. */
    private fun takeData(): Boolean {
        val end = incoming.limit()
        val size = minOf(remaining, incoming.remaining().toLong()).toInt()
        incoming.limit(incoming.position() + size)
        remaining -= size
        if (isCompressed) checkNotNull(inflater).feed(incoming) else lend(incoming)
        incoming.position(incoming.limit()).limit(end)
        return !isCompressed
    }

    private fun lend(bytes: ByteBuffer) {
        lend(bytes.array(), bytes.position(), bytes.limit())
    }

    private fun endData(header: FrameHeader) {
        frame = null
        if (!header.isFinal) return
        isWithinMessage = false
        if (isCompressed) checkNotNull(inflater).endMessage()
    }

    override fun goBackToSelector(): Unit = source.continueOnSelector()

    private suspend fun readMore(): Boolean {
        incoming.compact()
        try {
            return source.readInto(incoming) >= 0
        } finally {
            incoming.flip()
        }
    }

    private companion object {
        /** As much as is read from a plain socket at once. */
        const val INCOMING_BYTES = 64 * 1024
    }
}
