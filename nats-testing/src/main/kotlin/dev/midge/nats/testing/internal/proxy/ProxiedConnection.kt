package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.ReadyChannel
import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.channels.SelectionKey
import kotlin.time.Duration.Companion.seconds

/** One connection through the proxy: two sockets, and a pipe each way between them. Confined to the proxy's thread. */
internal class ProxiedConnection(private val client: Endpoint, private val server: Endpoint, private val context: ProxyContext) {
    private enum class State { OPEN, ENDING, CLOSED }

    private var state = State.OPEN

    private val clientCapture = context.newCapture(context.clientCaptures)
    private val serverCapture = context.newCapture(context.serverCaptures)

    val upstream: Pipe = Pipe(client, server, context.clientToServer, clientCapture, context.timers, ::advance)
    val downstream: Pipe = Pipe(server, client, context.serverToClient, serverCapture, context.timers, ::advance)

    /** False as soon as its end has begun. */
    val isOpen: Boolean get() = state == State.OPEN

    /** Takes the connection up; the client may already have sent something. */
    fun start() {
        try {
            client.register(context.selector, Side(upstream))
            if (context.swallowsConnections) {
                // As a host that is gone: the target hears nothing of it.
                upstream.lose()
                server.close()
            } else {
                server.register(context.selector, Side(downstream))
                server.connect(context.target)
            }
        } catch (_: IOException) {
            return reset()
        }
        fill(upstream)
        advance()
    }

    /** Forwards in both directions what may be forwarded now. */
    fun advance() {
        if (!isOpen) return
        if (forward(upstream) && forward(downstream)) {
            if (upstream.isFinished && downstream.isFinished) close() else listen()
        }
    }

    /** Puts what a black hole took to an end: the stream has a gap. One that is ending has bytes under way that were counted. */
    fun heal() {
        if (!isOpen) return
        if (upstream.hasLost || downstream.hasLost) reset() else advance()
    }

    /** Ends the connection in order: each side sees the end of the stream after what it was sent before. */
    fun end() {
        if (!isOpen) return
        state = State.ENDING
        try {
            client.shutdownOutput()
            server.shutdownOutput()
        } catch (_: IOException) {
            return reset()
        }
        // Closing with unread input would reset the connection, and bytes that were counted might not be seen.
        listOf(client, server).forEach { if (it.isConnected) it.interest(read = true, write = false) else it.close() }
        context.timers.schedule(LINGER) { close() }
    }

    /** Ends the connection with RST on both sides. */
    fun reset() {
        client.reset()
        server.reset()
        close()
    }

    fun close() {
        if (state == State.CLOSED) return
        state = State.CLOSED
        client.close()
        server.close()
        context.closed(this)
    }

    private fun ready(key: SelectionKey, pipe: Pipe) {
        try {
            if (key.isConnectable) server.finishConnect()
        } catch (_: IOException) {
            return reset()
        }
        if (state == State.ENDING) return drain(pipe.source)
        if (key.isValid && key.isReadable) fill(pipe)
        advance()
    }

    private fun fill(pipe: Pipe) {
        try {
            if (pipe.source.isConnected) pipe.fill(context.readBuffer)
        } catch (_: IOException) {
            gone(pipe.source)
        }
    }

    /** Whether the connection goes on. */
    private fun forward(pipe: Pipe): Boolean {
        try {
            if (pipe.forward()) end()
        } catch (_: IOException) {
            gone(pipe.sink)
        }
        return isOpen
    }

    /** [endpoint] was reset by its peer: so is the other one, unless nothing gets through to it. */
    private fun gone(endpoint: Endpoint) {
        val pipe = if (endpoint === client) upstream else downstream
        val faults = if (endpoint === client) context.clientToServer else context.serverToClient
        if (!faults.isBlackHole) return reset()
        pipe.lose()
        endpoint.close()
    }

    private fun drain(endpoint: Endpoint) {
        try {
            if (endpoint.read(context.readBuffer.clear()) < 0) endpoint.close()
        } catch (_: IOException) {
            endpoint.close()
        }
        if (!client.isOpen && !server.isOpen) close()
    }

    private fun listen() {
        client.interest(read = upstream.wantsRead, write = downstream.wantsWrite)
        // Until then it waits for its connection.
        if (server.isConnected) server.interest(read = downstream.wantsRead, write = upstream.wantsWrite)
    }

    /** The source of [pipe]. */
    private inner class Side(private val pipe: Pipe) : ReadyChannel {
        override fun ready(key: SelectionKey): Unit = ready(key, pipe)

        override fun failed(cause: RuntimeException) {
            log.error("A proxied connection is reset by a defect of the proxy", cause)
            reset()
        }
    }

    private companion object {
        val log = LoggerFactory.getLogger(ProxiedConnection::class.java)

        /** How long a peer may take to see the end and to close its side. */
        val LINGER = 1.seconds
    }
}
