package dev.midge.nats.bench.nullserver

import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import javax.net.ssl.SSLContext
import kotlin.concurrent.thread

/**
 * A server that does nothing but what a measurement of a client needs, a thread a client.
 *
 * @param layers what carries the protocol, from the accepted socket to the wire; INFO is written in between where TLS asks for that.
 */
class NullServer internal constructor(
    private val layers: (SocketChannel) -> Wire,
    private val conversation: (Wire) -> Conversation,
    port: Int = 0,
) : AutoCloseable {
    private val listener = ServerSocketChannel.open().bind(InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG)

    val port: Int = (listener.localAddress as InetSocketAddress).port

    init {
        thread(isDaemon = true, name = "null-server") { untilClosed { while (true) accepted(listener.accept()) } }
    }

    override fun close() = listener.close()

    private fun accepted(channel: SocketChannel) {
        channel.socket().tcpNoDelay = true
        thread(isDaemon = true, name = "null-server-client") {
            channel.use { untilClosed { layers(channel).use { conversation(it).run() } } }
        }
    }

    /** A client that is done closes its socket, in whatever state: that is no failure. */
    private fun untilClosed(block: () -> Unit) {
        try {
            block()
        } catch (_: IOException) {
            return
        }
    }

    internal companion object {
        /** 1,000 clients may connect at once. */
        private const val BACKLOG = 1_024

        private fun info(tls: Boolean): String =
            "INFO {\"server_id\":\"NULL\",\"server_name\":\"null\",\"version\":\"2.10.0\",\"proto\":1," +
                "\"headers\":true,\"max_payload\":1048576,\"tls_required\":$tls}\r\n"

        fun plain(channel: SocketChannel): Wire = PlainWire(channel).apply { write(infoBytes(tls = false)) }

        /** INFO comes first, in plain text. */
        fun encrypted(channel: SocketChannel, context: SSLContext): Wire {
            PlainWire(channel).write(infoBytes(tls = true))
            return TlsWire(channel, context)
        }

        fun framed(channel: SocketChannel): Wire = WebSocketWire(channel).apply { write(infoBytes(tls = false)) }

        private fun infoBytes(tls: Boolean): ByteBuffer = ByteBuffer.wrap(info(tls).encodeToByteArray())
    }
}
