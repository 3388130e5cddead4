package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import dev.midge.nats.testing.internal.ListeningPort
import dev.midge.nats.testing.internal.SelectorLoop
import java.io.IOException
import java.net.InetSocketAddress
import java.nio.channels.UnresolvedAddressException

/**
 * The server's one thread: it waits for sockets, lets each do what it can, and sends what came of it.
 *
 * One thread, because then nothing is shared: no lock stands between a message read and its copies written. It moves millions of messages
 * a second, which is more than its clients in the same JVM do.
 */
internal class ServerLoop(options: EmbeddedNatsServerOptions) : AutoCloseable {
    private val loop = SelectorLoop()
    private val listeningPort: ListeningPort
    private val acceptor: Acceptor

    /** The port in use. */
    val port: Int

    /** Confined to the thread, but for its counters. */
    val context: ServerContext

    init {
        try {
            listeningPort = ListeningPort(loop.selector, InetSocketAddress(options.host, options.port))
        } catch (e: IOException) {
            loop.close()
            throw IOException("The embedded server cannot listen on ${options.host}:${options.port}: ${e.message}", e)
        } catch (e: UnresolvedAddressException) {
            loop.close()
            throw IOException("The embedded server cannot listen on ${options.host}:${options.port}: there is no such address", e)
        }
        port = listeningPort.address.port
        context = ServerContext(options, port, loop.timers)
        acceptor = Acceptor(loop.selector, context)
        listeningPort.open(acceptor)
        loop.start("embedded-nats-server-$port", afterEach = context.flushQueue::flushAll, atEnd = ::end)
    }

    /** Cuts off every client and refuses new ones until [restart]. */
    fun shutdown(): Unit = script {
        listeningPort.refuse()
        context.clients().forEach { it.close("the server shuts down") }
    }

    /** Cuts off every client and listens again, as another server would. */
    fun restart() {
        shutdown()
        script {
            context.info.renew()
            listeningPort.open(acceptor)
        }
    }

    /** Cuts off the clients that [chosen] says; how many they were. */
    fun disconnect(chosen: (ClientConnection) -> Boolean): Int = script {
        context.clients().filter(chosen).onEach { it.close("disconnected by the test") }.size
    }

    /** Changes INFO and tells the clients that want to know. */
    fun pushInfo(connectUrls: List<String>, lameDuck: Boolean): Unit = script {
        context.info.update(connectUrls, lameDuck)
        context.clients().forEach { it.session.infoChanged() }
        context.flushQueue.flushAll()
    }

    /** Cuts off every client and returns when the port is free again. */
    override fun close(): Unit = loop.close()

    /** Waits until [close] was called and has done its work. */
    fun awaitClosed(): Unit = loop.awaitClosed()

    private fun <T> script(task: () -> T): T {
        check(loop.isOpen) { "This server was closed: start a new one." }
        return loop.call(task)
    }

    private fun end() {
        listeningPort.close()
        context.clients().forEach { it.close("the server closes") }
    }
}
