package dev.midge.nats.bench.client

import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicReference

/** Sends requests by futures: as many chains as requests under way, in each of which a reply sends the next request. */
internal class RequestChains(private val request: () -> CompletableFuture<*>) {
    /** Sends [count] requests, and returns when the last is answered. */
    fun run(count: Int, inFlight: Int) {
        val failure = AtomicReference<Throwable>()
        val done = CountDownLatch(inFlight)
        repeat(inFlight) { Chain(shareOf(it, inFlight, count), done, failure).advance() }
        done.await()
        failure.get()?.let { throw IllegalStateException("a request failed: $it", it) }
    }

    private inner class Chain(private var left: Int, private val done: CountDownLatch, private val failure: AtomicReference<Throwable>) {
        fun advance() {
            if (left-- == 0 || failure.get() != null) return done.countDown()
            request().whenComplete { reply, problem ->
                // jnats completes with null where there is no reply.
                if (reply == null) failure.compareAndSet(null, problem ?: IllegalStateException("no reply"))
                advance()
            }
        }
    }
}
