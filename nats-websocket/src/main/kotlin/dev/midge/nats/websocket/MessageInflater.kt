package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException
import java.nio.ByteBuffer
import java.util.zip.DataFormatException
import java.util.zip.Inflater

/** Inflates messages piece by piece, never more at once than its buffer holds: a small message may hold any amount of bytes. RFC 7692, 7.2.2. */
internal class MessageInflater {
    private val inflater = Inflater(true)
    private val plain = ByteBuffer.allocate(PLAIN_BYTES)
    private var input = ByteBuffer.allocate(0)

    /** Takes all of [bytes], which may not change until [inflate] returns `false`. */
    fun feed(bytes: ByteBuffer) {
        input = bytes.duplicate()
        inflater.setInput(input)
    }

    /** To be called when the last piece was fed and inflated. */
    fun endMessage() {
        feed(ByteBuffer.wrap(TAIL))
    }

    /** Passes the next inflated bytes to [append]; `false` if there are none before more is fed. */
    fun inflate(append: (ByteBuffer) -> Unit): Boolean {
        while (!inflater.needsInput()) {
            plain.clear()
            try {
                inflater.inflate(plain)
            } catch (e: DataFormatException) {
                throw ProtocolException("the server sent a WebSocket message that cannot be inflated: ${e.message}")
            }
            if (plain.position() > 0) {
                append(plain.flip())
                return true
            }
            // A message may be a stream that says that it is over; what follows begins another one.
            if (inflater.finished()) {
                inflater.reset()
                inflater.setInput(input)
            }
        }
        return false
    }

    fun close() {
        inflater.end()
    }

    private companion object {
        const val PLAIN_BYTES = 64 * 1024

        /** What the sender has left out. */
        val TAIL = byteArrayOf(0, 0, -1, -1)
    }
}
