package dev.midge.nats.bench.client

import io.nats.client.Connection
import io.nats.client.MessageHandler
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.atomic.AtomicInteger

/** Blocking calls from one thread; messages by a dispatcher, which jnats's own figures show to be its fastest way to receive. */
class JnatsConnection(private val nats: Connection) : BenchConnection {
    override val serverVersion: String
        get() = nats.serverInfo.version

    override fun publish(subject: String, payload: ByteArray, count: Int) {
        repeat(count) { nats.publish(subject, payload) }
        nats.flush(TIMEOUT)
    }

    override fun receive(subject: String, payloadSize: Int, expected: Int): Reception {
        val reception = Reception(expected)
        dispatch(subject) { reception.received() }
        return reception
    }

    override fun echo(subject: String, payloadSize: Int) = dispatch(subject) { nats.publish(it.replyTo, it.data) }

    private fun dispatch(subject: String, handler: MessageHandler) {
        val dispatcher = nats.createDispatcher(handler)
        // A benchmark that drops has measured nothing: 0 means no limit.
        dispatcher.setPendingLimits(0, 0)
        dispatcher.subscribe(subject)
        nats.flush(TIMEOUT)
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, count: Int): LongArray = LongArray(count) {
        val start = System.nanoTime()
        checkNotNull(nats.request(subject, payload, TIMEOUT)) { "no reply within $TIMEOUT" }
        System.nanoTime() - start
    }

    /** By futures from one thread: 256 threads that block would measure the scheduler. */
    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) {
        val room = Semaphore(inFlight)
        val failures = AtomicInteger()
        repeat(count) {
            room.acquire()
            nats.request(subject, payload).whenComplete { reply, _ ->
                if (reply == null) failures.incrementAndGet()
                room.release()
            }
        }
        room.acquire(inFlight)
        check(failures.get() == 0) { "${failures.get()} of $count requests failed" }
    }

    override fun close() = nats.close()

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(30)
    }
}
