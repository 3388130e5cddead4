package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.internal.ReadyChannel
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.StandardSocketOptions
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import kotlin.time.Duration.Companion.milliseconds

/** Takes in new clients. Confined to the server's thread. */
internal class Acceptor(private val selector: Selector, private val context: ServerContext) : ReadyChannel {
    private var lastId = 0L

    override fun ready(key: SelectionKey) {
        val listener = key.channel() as ServerSocketChannel
        while (true) {
            val channel =
                try {
                    listener.accept() ?: return
                } catch (e: IOException) {
                    return pause(key, e)
                }
            try {
                admit(channel)
            } catch (e: IOException) {
                log.debug("A client was gone before it was greeted", e)
                channel.close()
            }
        }
    }

    override fun failed(cause: RuntimeException): Unit = log.error("A client could not be taken in", cause)

    private fun admit(channel: SocketChannel) {
        channel.configureBlocking(false)
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
        val key = channel.register(selector, SelectionKey.OP_READ)
        val client = ClientConnection(++lastId, channel, key, context)
        key.attach(client)
        val isFull = context.connectionCount >= context.options.maxConnections
        context.add(client)
        client.greet()
        if (isFull) client.reject(ProtocolViolation.MAX_CONNECTIONS)
    }

    /** Out of file descriptors, most likely: asking again at once would find the same. */
    private fun pause(key: SelectionKey, cause: IOException) {
        log.warn("No new clients for {}: {}", ACCEPT_PAUSE, cause.message)
        key.interestOps(0)
        context.timers.schedule(ACCEPT_PAUSE) { if (key.isValid) key.interestOps(SelectionKey.OP_ACCEPT) }
    }

    private companion object {
        val log = LoggerFactory.getLogger(Acceptor::class.java)
        val ACCEPT_PAUSE = 100.milliseconds
    }
}
