package dev.midge.nats.bench.client

import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** Sends [count] requests by [inFlight] threads, each of which sends one after the other; virtual threads if the JVM has them. */
internal fun requestByThreads(count: Int, inFlight: Int, request: () -> Unit) {
    val threads = virtualThreads() ?: Executors.newFixedThreadPool(inFlight)
    try {
        val tasks = List(inFlight) { worker -> Callable { repeat(shareOf(worker, inFlight, count)) { request() } } }
        threads.invokeAll(tasks).forEach { it.get() }
    } finally {
        threads.shutdown()
    }
}

private fun virtualThreads(): ExecutorService? = try {
    Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
} catch (_: NoSuchMethodException) {
    null
}
