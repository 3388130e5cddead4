package dev.midge.nats.websocket

import dev.midge.nats.internal.transport.Transport
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.io.IOException
import java.nio.ByteBuffer

/**
 * Writes masked frames to [raw].
 *
 * INVARIANTS
 * - One frame at a time, whole: messages come from the connection's writer, answers to pings from another coroutine.
 * - After a write that failed or was cancelled, part of a frame may be on the wire. Nothing is written after it.
 *
 * Tested by `FragmentationSpec` and `WebSocketTransportSpec`.
 */
internal class FrameWriter(private val raw: Transport, isEncrypted: Boolean) {
    private val mutex = Mutex()

    /** Where it is read from next: by ciphers, which work on arrays, or by the kernel, which would need a copy of an array. */
    private val frame = (FrameHeader.MAX_BYTES + MESSAGE_BYTES).let {
        if (isEncrypted) ByteBuffer.allocate(it) else ByteBuffer.allocateDirect(it)
    }
    private var cutOff = false

    /**
     * Writes a binary message, with all of [payload], at most [MESSAGE_BYTES]. After a failure or a cancellation the payload's position
     * tells how much of it the network has taken; until it is the message's turn that is nothing.
     */
    suspend fun message(payload: ByteBuffer, isCompressed: Boolean) {
        mutex.withLock { write(FrameHeader(Opcode.BINARY, isFinal = true, isCompressed, payload.remaining().toLong()), payload) }
    }

    /** Writes a control frame with the payload that [payload] returns when it is its turn; `null` writes none. */
    suspend fun control(opcode: Int, payload: () -> ByteArray?) {
        mutex.withLock {
            val bytes = payload() ?: return
            write(FrameHeader(opcode, isFinal = true, isCompressed = false, bytes.size.toLong()), ByteBuffer.wrap(bytes))
        }
    }

    private suspend fun write(header: FrameHeader, payload: ByteBuffer) {
        if (cutOff) throw IOException("an earlier write was cut off in the middle of a WebSocket frame")
        val mask = Randomness.nextInt()
        frame.clear()
        header.write(frame, mask)
        val end = payload.limit()
        putMasked(payload, mask)
        cutOff = true
        try {
            raw.write(frame.flip())
            cutOff = false
        } finally {
            if (cutOff) payload.position(end - minOf(frame.remaining(), header.length.toInt()))
        }
    }

    private fun putMasked(payload: ByteBuffer, mask: Int) {
        val low = mask.toLong() and LOW_HALF
        val wide = (low shl Int.SIZE_BITS) or low
        while (payload.remaining() >= Long.SIZE_BYTES) frame.putLong(payload.getLong() xor wide)
        var shift = Int.SIZE_BITS
        while (payload.hasRemaining()) {
            shift = (if (shift == 0) Int.SIZE_BITS else shift) - Byte.SIZE_BITS
            frame.put((payload.get().toInt() xor (mask shr shift)).toByte())
        }
    }

    internal companion object {
        /** A batch of the outbound buffer is one message; what is longer becomes several. */
        const val MESSAGE_BYTES = 64 * 1024
        private const val LOW_HALF = 0xFFFF_FFFFL
    }
}
