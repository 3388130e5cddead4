package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.ListeningPort
import dev.midge.nats.testing.internal.ReadyChannel
import dev.midge.nats.testing.internal.SelectorLoop
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.channels.SelectionKey
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

/**
 * The proxy's one thread. One, because then every fault is in force for all connections at one instant, and bytes are counted exactly
 * without a lock.
 */
internal class ProxyLoop(target: InetSocketAddress, port: Int) :
    ReadyChannel,
    AutoCloseable {
    private val loop = SelectorLoop()
    private val context = ProxyContext(loop.selector, loop.timers, target)
    private val listeningPort: ListeningPort

    val isOpen: Boolean get() = loop.isOpen

    /** The port listened on. */
    val port: Int get() = listeningPort.address.port

    init {
        try {
            listeningPort = ListeningPort(loop.selector, InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        } catch (e: IOException) {
            loop.close()
            throw IOException("The proxy cannot listen on port $port: ${e.message}", e)
        }
        listeningPort.open(this)
        loop.start("fault-proxy-${this.port}", afterEach = {}, atEnd = ::end)
    }

    /** Runs [task] on the proxy's thread, after all that has arrived until now was taken in, and returns what it returns. */
    fun <T> call(task: (ProxyContext) -> T): T = loop.call { task(context) }

    /** To be called in [call]. */
    fun listen(): Unit = listeningPort.open(this)

    /** To be called in [call]. */
    fun refuse(): Unit = listeningPort.refuse()

    /** Accepts whoever waits. */
    override fun ready(key: SelectionKey) {
        while (true) {
            val channel = (key.channel() as ServerSocketChannel).accept() ?: return
            val connection = ProxiedConnection(Endpoint(channel), Endpoint(SocketChannel.open()), context)
            context.add(connection)
            connection.start()
        }
    }

    override fun failed(cause: RuntimeException): Unit = log.error("A connection could not be taken in", cause)

    override fun close(): Unit = loop.close()

    private fun end() {
        context.connections.toList().forEach { it.close() }
        listeningPort.close()
    }

    private companion object {
        val log = LoggerFactory.getLogger(ProxyLoop::class.java)
    }
}
