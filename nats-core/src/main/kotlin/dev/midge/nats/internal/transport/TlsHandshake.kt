package dev.midge.nats.internal.transport

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.io.IOException
import java.nio.ByteBuffer
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult
import javax.net.ssl.SSLEngineResult.HandshakeStatus
import javax.net.ssl.SSLEngineResult.Status
import javax.net.ssl.SSLException

/** The TLS handshake of [engine], a client's, over [raw]. The caller bounds the time. */
internal class TlsHandshake(private val raw: Transport, private val engine: SSLEngine) {
    private val outgoing = ByteBuffer.allocate(2 * engine.session.packetBufferSize)
    private val incoming = ByteBuffer.allocate(INCOMING_BYTES).limit(0)
    private val plain = ByteBuffer.allocate(engine.session.applicationBufferSize)

    private var flights = 0

    /** Whether the client has answered what the server said first: what fails from here on is what the client has shown, or not shown. */
    val hasAnswered: Boolean
        get() = flights > 1

    /**
     * Returns the encrypted stream once both sides are sure of each other.
     *
     * @throws SSLException if they are not; the server has been told why.
     * @throws IOException if the connection breaks.
     */
    suspend fun run(): TlsTransport {
        try {
            engine.beginHandshake()
            while (engine.handshakeStatus != HandshakeStatus.NOT_HANDSHAKING) step()
            flush()
        } catch (e: SSLException) {
            sendAlert(e)
            throw e
        }
        return TlsTransport(raw, engine, incoming)
    }

    private suspend fun step() {
        when (engine.handshakeStatus) {
            HandshakeStatus.NEED_WRAP -> wrap()
            HandshakeStatus.NEED_TASK -> offThisThread { engine.delegatedTask?.run() }
            else -> unwrap()
        }
    }

    private suspend fun wrap() {
        if (outgoing.remaining() < engine.session.packetBufferSize) flush()
        val result = engine.wrap(TlsTransport.Nothing, outgoing)
        check(result.status == Status.OK) { "a TLS record does not fit: ${result.status}, ${outgoing.remaining()} B left" }
    }

    private suspend fun unwrap() {
        flush()
        val result = engine.unwrap(incoming, plain)
        when (result.status) {
            Status.BUFFER_UNDERFLOW -> read()
            Status.CLOSED -> throw SSLException("the server ended TLS during its handshake")
            else -> checkProgress(result)
        }
    }

    private fun checkProgress(result: SSLEngineResult) {
        check(result.status == Status.OK) { "a TLS record does not fit: ${result.status}, ${plain.remaining()} B left" }
        if (result.bytesProduced() > 0) throw SSLException("the server sent data before the handshake was over")
    }

    private suspend fun read() {
        incoming.compact()
        val count = try {
            raw.input.readInto(incoming)
        } finally {
            incoming.flip()
        }
        if (count < 0) throw SSLException("the server closed the connection during the TLS handshake")
    }

    /** A flight of several records is one write. */
    private suspend fun flush() {
        if (outgoing.position() == 0) return
        flights++
        raw.write(outgoing.flip())
        outgoing.clear()
    }

    private suspend fun sendAlert(cause: SSLException) {
        try {
            while (engine.handshakeStatus == HandshakeStatus.NEED_WRAP) {
                if (engine.wrap(TlsTransport.Nothing, outgoing).bytesProduced() == 0) break
            }
            flush()
        } catch (e: IOException) {
            cause.addSuppressed(e)
        }
    }

    internal companion object {
        /** The [TlsReadChannel] goes on with it: as much as is read from a plain socket at once, and the start of a record before it. */
        private const val INCOMING_BYTES = 80 * 1024

        /** A view of its own: such work waits for disks, for revocation lists or in users' code, and others' must not wait for it. */
        private val dispatcher = Dispatchers.IO.limitedParallelism(8)

        /** Runs [block], which may block and cannot be interrupted: it is left behind when the caller gives up. */
        suspend fun <T> offThisThread(block: () -> T): T = CoroutineScope(dispatcher).async { block() }.await()
    }
}
