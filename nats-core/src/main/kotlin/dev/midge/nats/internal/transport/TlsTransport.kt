package dev.midge.nats.internal.transport

import io.ktor.utils.io.ByteReadChannel
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.IOException
import java.nio.ByteBuffer
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult.Status
import javax.net.ssl.SSLException

/**
 * TLS over [raw]. Made by [TlsHandshake]; [unread] is what it read beyond the handshake.
 *
 * INVARIANTS
 * - The writer alone wraps and the reader alone unwraps. The two may be different threads: `SSLEngine` allows one of each at a time.
 * - After a write that failed or was cancelled, part of a record may be on the wire. Nothing is written after it.
 *
 * Tested by `TlsTransportSpec`.
 */
internal class TlsTransport(private val raw: Transport, private val engine: SSLEngine, unread: ByteBuffer) : Transport {
    override val input: ByteReadChannel = TlsReadChannel(raw.input, engine, unread)
    private val recordSize = engine.session.packetBufferSize

    /**
     * Room for a batch of 64 KiB, which the JDK makes four full records and a small one of. Not direct: the JDK's ciphers work on arrays, and
     * what they would copy for a direct buffer costs more than the one copy that the socket makes of this.
     */
    private val records = ByteBuffer.allocate(RECORDS_PER_WRITE * recordSize)
    private var cutOff = false
    private var closed = false

    /** The position counts what was encrypted: the most that can have been handed over. */
    override suspend fun write(bytes: ByteBuffer) {
        if (cutOff) throw IOException("an earlier write was cut off in the middle of a TLS record")
        while (bytes.hasRemaining()) {
            cutOff = true
            records.clear()
            do {
                wrap(bytes)
            } while (bytes.hasRemaining() && records.remaining() >= recordSize)
            raw.write(records.flip())
            cutOff = false
        }
    }

    private fun wrap(bytes: ByteBuffer) {
        val result = engine.wrap(bytes, records)
        when (result.status) {
            Status.OK -> if (result.bytesProduced() == 0) throw renegotiation()
            Status.CLOSED -> throw IOException("the server ended TLS")
            else -> error("a TLS record does not fit: ${result.status}, ${records.remaining()} B left")
        }
    }

    override suspend fun close() {
        if (closed) return
        closed = true
        withContext(NonCancellable) {
            try {
                if (!cutOff) withTimeoutOrNull(CLOSE_NOTIFY_MILLIS) { sayGoodbye() }
            } catch (e: IOException) {
                // The connection broke before: there is nobody to say it to.
            } finally {
                raw.close()
            }
        }
    }

    /** close_notify, or the alert that says why the engine gave up: without one the server takes the end for a truncation. */
    private suspend fun sayGoodbye() {
        engine.closeOutbound()
        records.clear()
        while (!engine.isOutboundDone && records.remaining() >= recordSize) {
            if (engine.wrap(Nothing, records).bytesProduced() == 0) break
        }
        raw.write(records.flip())
    }

    internal companion object {
        private const val RECORDS_PER_WRITE = 5

        /** Only a server that has stopped reading makes us wait at all; it will not miss the alert. */
        private const val CLOSE_NOTIFY_MILLIS = 100L
        val Nothing: ByteBuffer = ByteBuffer.allocate(0)

        /** TLS 1.2 lets a server ask for a new handshake in the middle; none that speaks NATS does, and it has a history of attacks. */
        fun renegotiation() = SSLException("the server asks for a new handshake (renegotiation), which is refused")
    }
}
