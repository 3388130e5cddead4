package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedServerTls
import dev.midge.nats.testing.internal.ReadyChannel
import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.SocketChannel
import javax.net.ssl.SSLException
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.toKotlinDuration

/** The socket of one client: reads, writes, limits, and the end. Confined to the server's thread. */
internal class ClientConnection(
    private val id: Long,
    private val socket: SocketChannel,
    private val key: SelectionKey,
    private val context: ServerContext,
) : ReadyChannel {
    private enum class State { OPEN, CLOSING, CLOSED }

    val session = ClientSession(this, context)
    private val parser = ClientParser(session, context.options.maxControlLine, context.options.maxPayload)
    private var channel: ClientChannel = PlainChannel(socket)
    private val outbound = OutboundBuffer(context.chunks)
    private val maxPendingBytes = context.options.maxPendingBytes
    private val stallBytes = minOf(maxPendingBytes / 2, MAX_UNSTALLED_BYTES)
    private var state = State.OPEN
    private var flushScheduled = false

    /** The subscriber that this client must wait for before it is read from again. */
    private var aheadOf: ClientConnection? = null

    /** Set once nobody waits for this client any more, as it has not taken anything for too long; cleared when it does. */
    var isStuck: Boolean = false

    /** Whether publishers should wait for this client. */
    private val isFull: Boolean get() = outbound.pendingBytes > stallBytes

    /** How many bytes this client has taken. */
    val sentBytes: Long get() = outbound.sentBytes

    /** False as soon as the connection's end has begun. */
    val isOpen: Boolean get() = state == State.OPEN

    /** Sends INFO and starts the clocks: for TLS, and for CONNECT if one is asked for. */
    fun greet() {
        val tls = context.options.tls
        if (tls == null || tls.mode == EmbeddedServerTls.Mode.HANDSHAKE_FIRST) {
            sendInfo()
        } else {
            try {
                // An empty socket takes it at once; what follows may be encrypted.
                socket.write(ByteBuffer.wrap(infoLine()))
            } catch (e: IOException) {
                return close("gone before it was greeted: ${e.message}")
            }
        }
        if (tls != null) secure(tls)
        if (session.awaitsConnect) {
            context.timers.schedule(context.options.authTimeout.toKotlinDuration()) {
                if (session.awaitsConnect) reject(ProtocolViolation.AUTHENTICATION_TIMEOUT)
            }
        }
    }

    fun sendInfo(): Unit = send(infoLine())

    override fun ready(key: SelectionKey) {
        if (key.isWritable) flush()
        if (key.isValid && key.isReadable) read()
    }

    override fun failed(cause: RuntimeException) {
        log.error("Client {}: cut off by a defect of the embedded server", id, cause)
        close("failed: $cause")
    }

    fun send(bytes: ByteArray) {
        if (!isOpen) return
        outbound.write(bytes)
        written()
    }

    fun sendError(text: String): Unit = send("-ERR '$text'\r\n".encodeToByteArray())

    /** Sends [publication] of [publisher] to [subscription], which is this client's. */
    fun sendMessage(publication: Publication, subscription: Subscription, publisher: ClientConnection) {
        outbound.writeMessage(publication, subscription.sid, session.headers)
        written()
        if (isFull && !isStuck) publisher.aheadOf = this
    }

    /** Sends what waits, as far as the socket takes it; the turn that [FlushQueue] gives. */
    fun flush() {
        flushScheduled = false
        transmit()
    }

    fun resumeReading() {
        if (state != State.CLOSED) setInterest(SelectionKey.OP_READ, true)
    }

    /** Sends `-ERR` with [reply] if there is one, and ends the connection once the client has had a chance to read it. */
    fun reject(reply: String?) {
        if (!isOpen) return
        if (reply != null) sendError(reply)
        if (!isOpen) return
        state = State.CLOSING
        leave("rejected: $reply")
        resumeReading()
        flush()
        // Closing with unread input would reset the connection, and the client might never see the -ERR.
        context.timers.schedule(LINGER) { close("lingered") }
    }

    /** Ends the connection at once. */
    fun close(reason: String) {
        if (state == State.CLOSED) return
        val wasOpen = isOpen
        state = State.CLOSED
        if (wasOpen) leave(reason)
        outbound.clear()
        key.cancel()
        try {
            channel.close()
        } catch (e: IOException) {
            log.debug("Client {}: close failed", id, e)
        }
        context.stalledPublishers.resume(this)
    }

    private fun infoLine(): ByteArray = context.info.line(id, socket.socket().inetAddress.hostAddress)

    private fun secure(tls: EmbeddedServerTls) {
        val engine = tls.context.createSSLEngine()
        engine.needClientAuth = tls.needsClientCertificate
        var isEstablished = false
        channel =
            TlsChannel(socket, engine, optional = tls.mode == EmbeddedServerTls.Mode.AVAILABLE) {
                isEstablished = true
                flush()
            }
        if (tls.mode == EmbeddedServerTls.Mode.AVAILABLE) return
        context.timers.schedule(TLS_TIMEOUT) { if (!isEstablished) close("TLS handshake timeout") }
    }

    private fun leave(reason: String) {
        log.debug("Client {}: {}", id, reason)
        session.endAll()
        context.remove(this)
        context.stalledPublishers.remove(this)
    }

    private fun written() {
        if (!flushScheduled) {
            flushScheduled = true
            context.flushQueue.add(this)
        }
        if (outbound.pendingBytes <= maxPendingBytes) return
        // One batch may be more than the limit: only what the socket does not take counts as a backlog.
        transmit()
        if (outbound.pendingBytes > maxPendingBytes) close("slow consumer: ${outbound.pendingBytes} bytes pending")
    }

    private fun read() {
        val buffer = context.readBuffer.clear()
        try {
            if (channel.read(buffer) < 0) return close("closed by the client")
            if (isOpen) parser.parse(buffer.array(), 0, buffer.position())
        } catch (e: ProtocolViolation) {
            reject(e.reply)
        } catch (e: SSLException) {
            log.debug("Client {}: TLS failed", id, e)
            reject(reply = null)
        } catch (e: IOException) {
            close("read failed: ${e.message}")
        }
        if (channel.hasUnsent) transmit()
        aheadOf?.let { waitFor(it) }
    }

    private fun waitFor(subscriber: ClientConnection) {
        aheadOf = null
        // It may have caught up, or be gone, since the message that was too much for it.
        if (!isOpen || !subscriber.isFull) return
        setInterest(SelectionKey.OP_READ, false)
        context.stalledPublishers.add(this, subscriber)
    }

    private fun transmit() {
        if (state == State.CLOSED) return
        val wasFull = isFull
        val sentBefore = sentBytes
        try {
            outbound.writeTo(channel)
            channel.flush()
            if (state == State.CLOSING && outbound.pendingBytes == 0L && !channel.hasUnsent) channel.shutdownOutput()
        } catch (e: IOException) {
            return close("write failed: ${e.message}")
        }
        if (sentBytes > sentBefore) isStuck = false
        setInterest(SelectionKey.OP_WRITE, channel.awaitsSocket(outbound.pendingBytes > 0))
        if (wasFull && !isFull) context.stalledPublishers.resume(this)
    }

    private fun setInterest(operation: Int, wanted: Boolean) {
        if (!key.isValid) return
        val before = key.interestOps()
        val after = if (wanted) before or operation else before and operation.inv()
        if (after != before) key.interestOps(after)
    }

    private companion object {
        val log = LoggerFactory.getLogger(ClientConnection::class.java)

        /** How long a rejected client may take to read why. */
        val LINGER = 1_000.milliseconds

        /** What real servers give it, too. */
        val TLS_TIMEOUT = 2_000.milliseconds

        /** A backlog that still fits into the processor's cache; with more, publishers wait for subscribers. */
        const val MAX_UNSTALLED_BYTES = 8L * 1024 * 1024
    }
}
