package dev.midge.nats.bench.client

import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/**
 * Threads that send requests, each one after the other. They are kept from run to run.
 *
 * @param virtual whether they are virtual ones, if the JVM has such.
 */
internal class RequestThreads(virtual: Boolean) : AutoCloseable {
    private val threads = if (virtual) virtualThreads() ?: platformThreads() else platformThreads()

    /** Sends [count] requests by [inFlight] threads. */
    fun run(count: Int, inFlight: Int, request: () -> Unit) {
        val tasks = List(inFlight) { worker -> Callable { repeat(shareOf(worker, inFlight, count)) { request() } } }
        threads.invokeAll(tasks).forEach { it.get() }
    }

    override fun close() = threads.shutdown()

    private fun platformThreads(): ExecutorService = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }

    private fun virtualThreads(): ExecutorService? = try {
        Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
    } catch (_: NoSuchMethodException) {
        null
    }
}
