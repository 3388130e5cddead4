package dev.midge.nats.bench.client

import java.util.concurrent.Callable
import java.util.concurrent.Executors

/** Threads that publish at once. They are kept from run to run. */
internal object PublisherThreads {
    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }

    /** Runs [publish] by as many threads as there are [publishers], with the number of each. */
    fun run(publishers: Int, publish: (Int) -> Unit) = threads.invokeAll(List(publishers) { Callable { publish(it) } }).forEach { it.get() }
}
