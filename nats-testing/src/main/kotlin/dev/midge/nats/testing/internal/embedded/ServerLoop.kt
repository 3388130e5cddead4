package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetSocketAddress
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel

/**
 * The server's one thread: it waits for sockets, lets each do what it can, and sends what came of it.
 *
 * One thread, because then nothing is shared: no lock stands between a message read and its copies written. It moves millions of messages
 * a second, which is more than its clients in the same JVM do.
 */
internal class ServerLoop(private val options: EmbeddedNatsServerOptions) : AutoCloseable {
    private val selector = Selector.open()
    private val listener = ServerSocketChannel.open()

    /** The port in use. */
    val port: Int

    /** Confined to [thread], but for its counters. */
    val context: ServerContext

    @Volatile
    private var stopping = false

    private val thread: Thread

    init {
        try {
            listener.bind(InetSocketAddress(options.host, options.port), BACKLOG)
            port = (listener.localAddress as InetSocketAddress).port
            context = ServerContext(options, port)
            listener.configureBlocking(false)
            listener.register(selector, SelectionKey.OP_ACCEPT, Acceptor(listener, selector, context))
        } catch (e: IOException) {
            listener.close()
            selector.close()
            throw IOException("The embedded server cannot listen on ${options.host}:${options.port}: ${e.message}", e)
        }
        thread = Thread(::run, "embedded-nats-server-$port").apply { isDaemon = true }
        thread.start()
    }

    /** Cuts off every client and returns when the port is free again. */
    override fun close() {
        stopping = true
        selector.wakeup()
        thread.join()
    }

    /** Waits until [close] was called and has done its work. */
    fun awaitClosed(): Unit = thread.join()

    private fun run() {
        try {
            while (!stopping) {
                selector.select(::ready, context.timers.millisToNext())
                context.timers.runDue()
                context.flushQueue.flushAll()
            }
        } catch (e: IOException) {
            log.error("The embedded server on port {} ends: its selector failed", port, e)
        } finally {
            listener.close()
            context.clients().forEach { it.close("the server closes") }
            selector.close()
        }
    }

    private fun ready(key: SelectionKey) {
        if (!key.isValid) return
        val channel = key.attachment() as ReadyChannel
        try {
            channel.ready(key)
        } catch (e: RuntimeException) {
            channel.failed(e)
        }
    }

    private companion object {
        val log = LoggerFactory.getLogger(ServerLoop::class.java)

        /** Thousands of clients may connect at the same moment. */
        const val BACKLOG = 4096
    }
}
