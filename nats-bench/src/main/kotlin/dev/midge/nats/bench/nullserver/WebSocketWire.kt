package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.channels.SocketChannel
import java.security.MessageDigest
import java.util.Base64

/**
 * The frames of RFC 6455 over a blocking socket, as far as clients of NATS need them: what a client sends is one stream, whatever its
 * frames are, and each write is one binary frame.
 */
internal class WebSocketWire(private val channel: SocketChannel) : Wire {
    private val input = ByteBuffer.allocateDirect(READ_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0)
    private val header = ByteBuffer.allocateDirect(MOST_HEADER_BYTES)
    private var frameLeft = 0L
    private var ended = false

    /** The four bytes of the mask twice, such that the next byte's is the lowest. */
    private var mask = 0L

    init {
        answerOpening()
    }

    override fun allocate(bytes: Int): ByteBuffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN)

    override fun read(buffer: ByteBuffer): Int {
        while (frameLeft == 0L) if (!nextFrame()) return -1
        if (!input.hasRemaining() && !fill(1)) return -1
        val length = minOf(frameLeft, input.remaining().toLong(), buffer.remaining().toLong()).toInt()
        unmask(buffer, length)
        frameLeft -= length
        return length
    }

    @Synchronized
    override fun write(buffer: ByteBuffer) {
        header.clear().put(FINAL_BINARY)
        when (val length = buffer.remaining()) {
            in 0 until SHORT -> header.put(length.toByte())
            in SHORT..MOST_SHORT -> header.put(SHORT.toByte()).putShort(length.toShort())
            else -> header.put(LONG.toByte()).putLong(length.toLong())
        }
        val parts = arrayOf(header.flip(), buffer)
        while (buffer.hasRemaining()) channel.write(parts)
    }

    override fun close() = channel.close()

    /** Reads a frame's header; `false` at the end. A control frame's payload is taken for an empty frame's. */
    private fun nextFrame(): Boolean {
        if (ended || !fill(2)) return false
        val opcode = input.get().toInt() and OPCODE
        val short = input.get().toInt() and LENGTH
        if (!fill(
                MASK_BYTES + if (short == LONG) {
                    Long.SIZE_BYTES
                } else if (short == SHORT) {
                    Short.SIZE_BYTES
                } else {
                    0
                },
            )
        ) {
            return false
        }
        frameLeft = when (short) {
            SHORT -> (java.lang.Short.reverseBytes(input.getShort()).toInt() and MOST_SHORT).toLong()
            LONG -> java.lang.Long.reverseBytes(input.getLong())
            else -> short.toLong()
        }
        val four = input.getInt().toLong() and MOST_INT
        mask = four or (four shl Int.SIZE_BITS)
        if (opcode == CLOSE) ended = true
        if (opcode >= CLOSE) skipFrame()
        return !ended
    }

    private fun skipFrame() {
        while (frameLeft > 0 && (input.hasRemaining() || fill(1))) {
            input.get()
            frameLeft--
        }
    }

    private fun unmask(to: ByteBuffer, length: Int) {
        var left = length
        while (left >= Long.SIZE_BYTES) {
            to.putLong(input.getLong() xor mask)
            left -= Long.SIZE_BYTES
        }
        repeat(left) {
            to.put((input.get().toLong() xor mask).toByte())
            mask = mask.rotateRight(Byte.SIZE_BITS)
        }
    }

    /** Waits until there are [bytes] to take; `false` at the end. */
    private fun fill(bytes: Int): Boolean {
        if (input.remaining() >= bytes) return true
        input.compact()
        while (input.position() < bytes) {
            if (channel.read(input) < 0) {
                input.flip()
                return false
            }
        }
        input.flip()
        return true
    }

    private fun answerOpening() {
        val request = StringBuilder()
        while (!request.endsWith("\r\n\r\n")) {
            check(fill(1)) { "the client left" }
            request.append(input.get().toInt().toChar())
        }
        val key = request.lines().first { it.startsWith(KEY, ignoreCase = true) }.substringAfter(':').trim()
        val digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).encodeToByteArray())
        val accept = Base64.getEncoder().encodeToString(digest)
        val upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        val answer = upgrade + "Sec-WebSocket-Accept: $accept\r\n\r\n"
        val bytes = ByteBuffer.wrap(answer.encodeToByteArray())
        while (bytes.hasRemaining()) channel.write(bytes)
    }

    private companion object {
        const val READ_BYTES = 256 * 1024
        const val MOST_HEADER_BYTES = 10
        const val MASK_BYTES = 4
        const val FINAL_BINARY: Byte = 0x82.toByte()
        const val OPCODE = 0x0f
        const val CLOSE = 8
        const val LENGTH = 0x7f

        /** Lengths that say where the length is. */
        const val SHORT = 126
        const val LONG = 127
        const val MOST_SHORT = 0xffff
        const val MOST_INT = 0xffff_ffffL
        const val KEY = "Sec-WebSocket-Key:"

        /** RFC 6455, section 1.3. */
        const val GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    }
}
