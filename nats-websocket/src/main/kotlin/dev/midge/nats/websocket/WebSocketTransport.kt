package dev.midge.nats.websocket

import dev.midge.nats.internal.transport.Transport
import io.ktor.utils.io.ByteReadChannel
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.IOException
import java.nio.ByteBuffer

/** An open WebSocket over [raw]: what is written at once is one binary message, if it is not too long; what is received is one stream of bytes. */
internal class WebSocketTransport(private val raw: Transport, isEncrypted: Boolean, isCompressed: Boolean) : Transport {
    private val writer = FrameWriter(raw, isEncrypted)
    private val pongs = PongWriter(writer)
    private val inflater = if (isCompressed) MessageInflater() else null
    private val deflater = if (isCompressed) MessageDeflater() else null
    private var closed = false

    @Volatile
    private var longestCompressed = 0

    override val input: ByteReadChannel = WebSocketReadChannel(raw.input, inflater, pongs::onPing)

    /** The server takes compressed messages of at most [bytes]. Until it has said so, none is compressed. */
    fun limit(bytes: Long) {
        longestCompressed = bytes.coerceIn(0, FrameWriter.MESSAGE_BYTES.toLong()).toInt()
    }

    /** The position counts what the network has taken in frames, and of a compressed one, which is read whole or not at all, only all. */
    override suspend fun write(bytes: ByteBuffer) {
        val end = bytes.limit()
        val compressed = deflater?.takeIf { longestCompressed > 0 }
        val longest = if (compressed != null) longestCompressed else FrameWriter.MESSAGE_BYTES
        try {
            while (bytes.position() < end) {
                bytes.limit(minOf(end, bytes.position() + longest))
                val deflated = compressed?.deflate(bytes)
                if (deflated == null) writer.message(bytes, isCompressed = false) else writeDeflated(deflated, bytes)
            }
        } finally {
            bytes.limit(end)
        }
    }

    private suspend fun writeDeflated(deflated: ByteBuffer, bytes: ByteBuffer) {
        try {
            writer.message(deflated, isCompressed = true)
        } finally {
            if (!deflated.hasRemaining()) bytes.position(bytes.limit())
        }
    }

    override suspend fun close() {
        if (closed) return
        closed = true
        withContext(NonCancellable) {
            pongs.close()
            try {
                withTimeoutOrNull(GOODBYE_MILLIS) { writer.control(Opcode.CLOSE) { NORMAL_CLOSURE } }
            } catch (e: IOException) {
                // The connection broke before: there is nobody to say it to.
            } finally {
                raw.close()
                inflater?.close()
                deflater?.close()
            }
        }
    }

    private companion object {
        /** Only a server that has stopped reading makes us wait at all; it will not miss the word. */
        const val GOODBYE_MILLIS = 100L

        /** 1000. RFC 6455, 7.4.1. */
        val NORMAL_CLOSURE = byteArrayOf(0x03, 0xE8.toByte())
    }
}
