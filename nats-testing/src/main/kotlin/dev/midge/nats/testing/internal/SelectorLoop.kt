package dev.midge.nats.testing.internal

import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ExecutionException
import java.util.concurrent.FutureTask

/**
 * One thread that waits for sockets, lets each [ReadyChannel] do what it can, and runs what other threads ask for in between. One, because
 * then nothing is shared.
 */
internal class SelectorLoop : AutoCloseable {
    val selector: Selector = Selector.open()

    /** Confined to the thread. */
    val timers = Timers()

    private val tasks = ConcurrentLinkedQueue<Runnable>()
    private var thread: Thread? = null

    @Volatile
    private var stopping = false

    /** Set when the thread touches nothing any more. */
    @Volatile
    private var ended = false

    /** False as soon as [close] was called. */
    val isOpen: Boolean get() = !stopping

    /** Starts the thread, which runs [afterEach] round over the sockets, and [atEnd] as the last thing. To be called once. */
    fun start(name: String, afterEach: () -> Unit, atEnd: () -> Unit) {
        thread =
            Thread({ run(afterEach, atEnd) }, name).apply {
                isDaemon = true
                start()
            }
    }

    /**
     * Runs [task] on the thread, after all that has arrived until now was taken in, and returns what it returns. Once the thread has
     * ended, it runs at once.
     */
    fun <T> call(task: () -> T): T {
        val future =
            FutureTask {
                look()
                // A closed channel keeps its socket until its selector has looked again.
                task().also { look() }
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

    /** Ends the thread and returns when it has ended. */
    override fun close() {
        stopping = true
        selector.wakeup()
        thread?.join() ?: selector.close()
    }

    /** Waits until [close] was called and has done its work. */
    fun awaitClosed() {
        thread?.join()
    }

    private fun run(afterEach: () -> Unit, atEnd: () -> Unit) {
        try {
            while (!stopping) {
                selector.select(::ready, timers.millisToNext())
                runTasks()
                timers.runDue()
                afterEach()
            }
        } catch (e: IOException) {
            log.error("{} ends: its selector failed", Thread.currentThread().name, e)
        } finally {
            atEnd()
            selector.close()
            ended = true
            runTasks()
        }
    }

    private fun look() {
        if (!ended) selector.selectNow(::ready)
    }

    private fun runTasks() {
        while (true) (tasks.poll() ?: return).run()
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
        val log = LoggerFactory.getLogger(SelectorLoop::class.java)
    }
}
