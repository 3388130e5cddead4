package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.Timers
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.Selector

/** What all connections of one proxy share. Confined to the proxy's thread. */
internal class ProxyContext(val selector: Selector, val timers: Timers, var target: InetSocketAddress) {
    val clientToServer = DirectionFaults()
    val serverToClient = DirectionFaults()

    /** Every byte passes through this one array. */
    val readBuffer: ByteBuffer = ByteBuffer.allocate(READ_BYTES)

    /** One for each of the first connections, in the order in which they were accepted. */
    val clientCaptures = ArrayList<Capture>()
    val serverCaptures = ArrayList<Capture>()

    /** Those not closed yet, the ending ones included. */
    val connections = LinkedHashSet<ProxiedConnection>()
    var acceptedCount: Int = 0
        private set

    private var closedUpstreamBytes = 0L
    private var closedDownstreamBytes = 0L

    val swallowsConnections: Boolean get() = clientToServer.isBlackHole && serverToClient.isBlackHole
    val upstreamBytes: Long get() = closedUpstreamBytes + connections.sumOf { it.upstream.passedBytes }
    val downstreamBytes: Long get() = closedDownstreamBytes + connections.sumOf { it.downstream.passedBytes }

    fun add(connection: ProxiedConnection) {
        connections += connection
        acceptedCount++
    }

    fun closed(connection: ProxiedConnection) {
        connections -= connection
        closedUpstreamBytes += connection.upstream.passedBytes
        closedDownstreamBytes += connection.downstream.passedBytes
    }

    fun newCapture(captures: MutableList<Capture>): Capture =
        if (captures.size < MAX_CAPTURES) Capture(CAPTURE_BYTES).also { captures += it } else Capture(limit = 0)

    companion object {
        /** What is remembered of one direction of a connection: the whole of any handshake. */
        const val CAPTURE_BYTES: Int = 64 * 1024

        /** Of how many connections something is remembered. */
        const val MAX_CAPTURES: Int = 1024

        private const val READ_BYTES = 64 * 1024
    }
}
