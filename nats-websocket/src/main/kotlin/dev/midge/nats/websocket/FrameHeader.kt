package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException
import java.nio.ByteBuffer

/** The kinds of frames. RFC 6455, 5.2. */
internal object Opcode {
    const val CONTINUATION = 0x0
    const val TEXT = 0x1
    const val BINARY = 0x2
    const val CLOSE = 0x8
    const val PING = 0x9
    const val PONG = 0xA
}

/**
 * What stands before the payload of a frame. RFC 6455, 5.2.
 *
 * @property isCompressed whether a compressed message begins with it. RFC 7692, 6.
 */
internal class FrameHeader(val opcode: Int, val isFinal: Boolean, val isCompressed: Boolean, val length: Long) {
    val isControl: Boolean
        get() = opcode >= Opcode.CLOSE

    /** Writes the header of a frame whose payload is masked by [mask]. */
    fun write(target: ByteBuffer, mask: Int) {
        target.put(((if (isFinal) FINAL else 0) or (if (isCompressed) COMPRESSED else 0) or opcode).toByte())
        when {
            length < TWO_BYTES -> target.put((MASKED or length.toInt()).toByte())
            length <= LONGEST_OF_TWO_BYTES -> target.put((MASKED or TWO_BYTES).toByte()).putShort(length.toShort())
            else -> target.put((MASKED or EIGHT_BYTES).toByte()).putLong(length)
        }
        target.putInt(mask)
    }

    companion object {
        /** The longest header that [write] makes. */
        const val MAX_BYTES = 14
        const val MAX_CONTROL_PAYLOAD = 125
        private const val FINAL = 0x80
        private const val COMPRESSED = 0x40
        private const val RESERVED = 0x30
        private const val OPCODE = 0x0F
        private const val MASKED = 0x80
        private const val LENGTH = 0x7F
        private const val TWO_BYTES = 126
        private const val EIGHT_BYTES = 127
        private const val LONGEST_OF_TWO_BYTES = 0xFFFF
        private const val START_BYTES = 2

        /**
         * Takes the header of a server's frame from [bytes], or nothing and returns `null` if it has not come whole.
         *
         * @throws ProtocolException if no server may send such a header.
         */
        fun read(bytes: ByteBuffer): FrameHeader? {
            if (bytes.remaining() < START_BYTES) return null
            val first = bytes.get(bytes.position()).toInt()
            val second = bytes.get(bytes.position() + 1).toInt()
            val lengthBytes = when (second and LENGTH) {
                TWO_BYTES -> Short.SIZE_BYTES
                EIGHT_BYTES -> Long.SIZE_BYTES
                else -> 0
            }
            if (bytes.remaining() < START_BYTES + lengthBytes) return null
            bytes.position(bytes.position() + START_BYTES)
            val length = when (lengthBytes) {
                Short.SIZE_BYTES -> bytes.getShort().toLong() and LONGEST_OF_TWO_BYTES.toLong()
                Long.SIZE_BYTES -> bytes.getLong()
                else -> (second and LENGTH).toLong()
            }
            return FrameHeader(first and OPCODE, first and FINAL != 0, first and COMPRESSED != 0, length).also { verify(it, first, second) }
        }

        private fun verify(header: FrameHeader, first: Int, second: Int) {
            val fault = when {
                first and RESERVED != 0 -> "has reserved bits"
                second and MASKED != 0 -> "is masked, as only a client's are"
                header.length < 0 -> "is longer than frames can be"
                !header.isControl -> return
                !header.isFinal -> "is a control frame in pieces"
                header.isCompressed -> "is a compressed control frame"
                header.length > MAX_CONTROL_PAYLOAD -> "is a control frame of ${header.length} B"
                else -> return
            }
            throw ProtocolException("the server sent a WebSocket frame that $fault")
        }
    }
}
