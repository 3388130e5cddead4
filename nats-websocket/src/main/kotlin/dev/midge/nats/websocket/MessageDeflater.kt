package dev.midge.nats.websocket

import java.nio.ByteBuffer
import java.util.zip.Deflater

/** Deflates messages, each by itself. RFC 7692, 7.2.1. */
internal class MessageDeflater {
    private val deflater = Deflater(Deflater.BEST_SPEED, true)

    /** Room for a message that cannot be made any smaller. */
    private val deflated = ByteBuffer.allocate(FrameWriter.MESSAGE_BYTES + FrameWriter.MESSAGE_BYTES / 64)

    /** What [payload] becomes, which stays as it is; `null` if that is not worth while. Valid until the next call. */
    fun deflate(payload: ByteBuffer): ByteBuffer? {
        if (payload.remaining() < WORTH_WHILE_BYTES) return null
        deflater.reset()
        deflater.setInput(payload.duplicate())
        deflated.clear()
        deflater.deflate(deflated, Deflater.SYNC_FLUSH)
        if (!deflated.hasRemaining()) return null
        deflated.flip().limit(deflated.limit() - TAIL_BYTES)
        return deflated.takeIf { it.remaining() < payload.remaining() }
    }

    fun close() {
        deflater.end()
    }

    private companion object {
        /** As nats-server has it. */
        const val WORTH_WHILE_BYTES = 64

        /** The empty block at the end, which the receiver adds again. */
        const val TAIL_BYTES = 4
    }
}
