package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.ListeningPort
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ExecutionException
import java.util.concurrent.FutureTask

/**
 * The proxy's one thread. One, because then every fault is in force for all connections at one instant, and bytes are counted exactly
 * without a lock.
 */
internal class ProxyLoop(target: InetSocketAddress, port: Int) : AutoCloseable {
    private val selector = Selector.open()
    private val context = ProxyContext(selector, target)
    private val tasks = ConcurrentLinkedQueue<Runnable>()
    private val listeningPort: ListeningPort
    private val thread: Thread

    @Volatile
    private var stopping = false

    /** Set when the thread touches nothing any more. */
    @Volatile
    private var ended = false

    val isOpen: Boolean get() = !stopping

    /** The port listened on. */
    val port: Int get() = listeningPort.address.port

    init {
        try {
            listeningPort = ListeningPort(selector, InetSocketAddress(InetAddress.getLoopbackAddress(), port), ::accept)
        } catch (e: IOException) {
            selector.close()
            throw IOException("The proxy cannot listen on port $port: ${e.message}", e)
        }
        thread = Thread(::run, "fault-proxy-${this.port}").apply { isDaemon = true }
        thread.start()
    }

    /** Runs [task] on the proxy's thread, after all that has arrived until now was taken in, and returns what it returns. */
    fun <T> call(task: (ProxyContext) -> T): T {
        val future =
            FutureTask {
                if (!ended) selector.selectNow(::ready)
                // A closed channel keeps its socket until its selector has looked again.
                task(context).also { if (!ended) selector.selectNow(::ready) }
            }
        tasks += future
        selector.wakeup()
        if (ended) runTasks()
        try {
            return future.get()
        } catch (e: ExecutionException) {
            throw e.cause ?: e
        }
    }

    /** To be called in [call]. */
    fun listen(): Unit = listeningPort.open()

    /** To be called in [call]. */
    fun refuse(): Unit = listeningPort.refuse()

    override fun close() {
        stopping = true
        selector.wakeup()
        thread.join()
    }

    private fun run() {
        try {
            while (!stopping) {
                selector.select(::ready, context.timers.millisToNext())
                runTasks()
                context.timers.runDue()
            }
        } catch (e: IOException) {
            log.error("The proxy on port {} ends: its selector failed", port, e)
        } finally {
            context.connections.toList().forEach { it.close() }
            listeningPort.close()
            selector.close()
            ended = true
            runTasks()
        }
    }

    private fun runTasks() {
        while (true) (tasks.poll() ?: return).run()
    }

    @Suppress("UNCHECKED_CAST")
    private fun ready(key: SelectionKey): Unit = (key.attachment() as (SelectionKey) -> Unit)(key)

    private fun accept(key: SelectionKey) {
        while (key.isValid) {
            val channel = (key.channel() as ServerSocketChannel).accept() ?: return
            val connection = ProxiedConnection(Endpoint(channel), Endpoint(SocketChannel.open()), context)
            context.add(connection)
            connection.start()
        }
    }

    private companion object {
        val log = LoggerFactory.getLogger(ProxyLoop::class.java)
    }
}
