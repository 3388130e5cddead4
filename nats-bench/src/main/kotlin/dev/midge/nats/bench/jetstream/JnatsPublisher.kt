package dev.midge.nats.bench.jetstream

import io.nats.client.JetStream
import io.nats.client.api.PublishAck
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Semaphore

/** The ways to publish with a window: jnats itself has none. */
internal interface JnatsPublisher {
    /** Publishes [count] times and returns when all are stored. */
    fun publish(subject: String, payload: ByteArray, count: Int)
}

/** At any time up to [window] messages unacknowledged. */
internal class JnatsWindow(private val js: JetStream, private val window: Int) : JnatsPublisher {
    private val room = Semaphore(window)

    @Volatile
    private var failure: Throwable? = null

    override fun publish(subject: String, payload: ByteArray, count: Int) {
        repeat(count) {
            room.acquire()
            js.publishAsync(subject, payload).whenComplete { _, problem ->
                if (problem != null) failure = problem
                room.release()
            }
        }
        room.acquire(window)
        room.release(window)
        failure?.let { throw IllegalStateException("a message was not stored: $it", it) }
    }
}

/** As many as [window], then no more until all of them are acknowledged. */
internal class JnatsRounds(private val js: JetStream, private val window: Int) : JnatsPublisher {
    override fun publish(subject: String, payload: ByteArray, count: Int) {
        val acks = ArrayList<CompletableFuture<PublishAck>>(window)
        var left = count
        while (left > 0) {
            repeat(minOf(left, window)) { acks += js.publishAsync(subject, payload) }
            acks.forEach { it.join() }
            left -= acks.size
            acks.clear()
        }
    }
}
