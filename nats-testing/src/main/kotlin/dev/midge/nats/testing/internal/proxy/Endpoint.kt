package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.ReadyChannel
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetSocketAddress
import java.net.StandardSocketOptions
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.SocketChannel

/** One of the two sockets of a proxied connection. Confined to the proxy's thread. */
internal class Endpoint(private val channel: SocketChannel) {
    private var key: SelectionKey? = null

    val isOpen: Boolean get() = channel.isOpen
    val isConnected: Boolean get() = channel.isOpen && channel.isConnected

    /** Has [ready] called when the socket can do something. */
    fun register(selector: Selector, ready: ReadyChannel) {
        channel.configureBlocking(false)
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
        key = channel.register(selector, 0, ready)
    }

    /** Connects, or begins to; see [finishConnect]. */
    fun connect(address: InetSocketAddress) {
        if (!channel.connect(address)) key?.interestOps(SelectionKey.OP_CONNECT)
    }

    fun finishConnect(): Boolean = channel.finishConnect()

    fun interest(read: Boolean, write: Boolean) {
        val key = key?.takeIf { it.isValid } ?: return
        val operations = (if (read) SelectionKey.OP_READ else 0) or (if (write) SelectionKey.OP_WRITE else 0)
        if (key.interestOps() != operations) key.interestOps(operations)
    }

    fun read(buffer: ByteBuffer): Int = channel.read(buffer)

    fun write(buffer: ByteBuffer): Int = channel.write(buffer)

    /** Lets the other side see the end of the stream, after all that was written. */
    fun shutdownOutput() {
        if (isConnected) channel.shutdownOutput()
    }

    fun close() {
        key?.cancel()
        try {
            channel.close()
        } catch (e: IOException) {
            log.debug("A proxied socket was not closed in order", e)
        }
    }

    /** Closes with RST, whatever waits to be sent. */
    fun reset() {
        try {
            if (isOpen) channel.setOption(StandardSocketOptions.SO_LINGER, 0)
        } catch (e: IOException) {
            log.debug("A proxied socket cannot be reset any more", e)
        }
        close()
    }

    private companion object {
        val log = LoggerFactory.getLogger(Endpoint::class.java)
    }
}
