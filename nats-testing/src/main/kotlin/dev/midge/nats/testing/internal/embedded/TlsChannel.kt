package dev.midge.nats.testing.internal.embedded

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult.HandshakeStatus
import javax.net.ssl.SSLEngineResult.Status
import javax.net.ssl.SSLException

/**
 * TLS over [socket], as its server. Nothing is taken from [write] before the handshake is done, which [established] is told.
 * Confined to the server's thread, the handshake's arithmetic included: a test has few clients.
 *
 * @param optional whether a client that does not begin with a handshake is spoken to in plain text.
 */
internal class TlsChannel(
    private val socket: SocketChannel,
    private val engine: SSLEngine,
    optional: Boolean,
    private val established: () -> Unit,
) : ClientChannel {
    private enum class State { UNDECIDED, HANDSHAKE, OPEN, PLAIN, FAILED }

    private var state = if (optional) State.UNDECIDED else State.HANDSHAKE
    private val packetBytes = engine.session.packetBufferSize
    private val received = ByteBuffer.allocate(RECORDS * packetBytes)
    private val toSend = ByteBuffer.allocate(RECORDS * packetBytes)

    override val hasUnsent: Boolean get() = toSend.position() > 0

    init {
        engine.useClientMode = false
        engine.beginHandshake()
    }

    override fun read(buffer: ByteBuffer): Int {
        // Still read, so that the alert is not lost in a reset.
        if (state == State.FAILED) return socket.read(received.clear())
        val count = socket.read(received)
        if (state == State.UNDECIDED && received.position() > 0) decide()
        val start = buffer.position()
        received.flip()
        if (state == State.PLAIN) buffer.put(received) else unwrap(buffer)
        received.compact()
        val plain = buffer.position() - start
        return if (plain == 0 && (count < 0 || engine.isInboundDone)) -1 else plain
    }

    override fun write(buffer: ByteBuffer): Int {
        if (state == State.PLAIN) return socket.write(buffer)
        val start = buffer.position()
        // Nobody is there to read it.
        if (state == State.FAILED) buffer.position(buffer.limit())
        if (state != State.OPEN) return buffer.position() - start
        while (buffer.hasRemaining() && hasRoom()) {
            if (engine.wrap(buffer, toSend).status == Status.CLOSED) throw IOException("TLS was closed")
        }
        flush()
        return buffer.position() - start
    }

    override fun flush() {
        if (!hasUnsent) return
        toSend.flip()
        socket.write(toSend)
        toSend.compact()
    }

    /** While hands are shaken, only the client can bring things forward. */
    override fun awaitsSocket(hasMore: Boolean): Boolean = hasUnsent || (hasMore && (state == State.OPEN || state == State.PLAIN))

    override fun shutdownOutput() {
        sayGoodBye()
        socket.shutdownOutput()
    }

    override fun close() {
        try {
            sayGoodBye()
        } finally {
            socket.close()
        }
    }

    private fun decide() {
        state = if (received.get(0) == HANDSHAKE_RECORD) State.HANDSHAKE else State.PLAIN
        if (state == State.PLAIN) established()
    }

    private fun unwrap(buffer: ByteBuffer) {
        try {
            do {
                val goesOn = step(buffer)
            } while (goesOn)
            flush()
        } catch (e: SSLException) {
            state = State.FAILED
            // The alert that says why.
            wrapAll()
            flush()
            throw e
        }
        if (state == State.HANDSHAKE && engine.handshakeStatus == HandshakeStatus.NOT_HANDSHAKING) {
            state = State.OPEN
            established()
        }
    }

    /** Does what the engine needs next; whether there may be more to do. */
    private fun step(buffer: ByteBuffer): Boolean = when (engine.handshakeStatus) {
        HandshakeStatus.NEED_TASK -> {
            generateSequence { engine.delegatedTask }.forEach { it.run() }
            true
        }

        HandshakeStatus.NEED_WRAP -> {
            hasRoom() && engine.wrap(NONE, toSend).status == Status.OK
        }

        else -> {
            received.hasRemaining() && engine.unwrap(received, buffer).status == Status.OK
        }
    }

    private fun hasRoom(): Boolean {
        if (toSend.remaining() < packetBytes) flush()
        return toSend.remaining() >= packetBytes
    }

    private fun wrapAll() {
        while (engine.handshakeStatus == HandshakeStatus.NEED_WRAP && hasRoom()) {
            if (engine.wrap(NONE, toSend).status != Status.OK) return
        }
    }

    private fun sayGoodBye() {
        if (state != State.OPEN) return
        state = State.FAILED
        engine.closeOutbound()
        wrapAll()
        flush()
    }

    private companion object {
        val NONE: ByteBuffer = ByteBuffer.allocate(0)

        /** What TLS begins with, and NATS never. */
        const val HANDSHAKE_RECORD: Byte = 22

        /** So many records are read and written at once; together they fit into the server's read buffer. */
        const val RECORDS = 4
    }
}
