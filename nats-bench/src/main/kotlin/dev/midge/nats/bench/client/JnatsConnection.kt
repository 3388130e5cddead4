package dev.midge.nats.bench.client

import io.nats.client.Connection
import io.nats.client.MessageHandler
import io.nats.client.impl.Headers
import java.time.Duration

/** Blocking calls from one thread; messages by a dispatcher, which jnats's own figures show to be its fastest way to receive. */
class JnatsConnection(private val nats: Connection) : BenchConnection {
    override val serverVersion: String
        get() = nats.serverInfo.version

    override fun send(subject: String, payload: ByteArray, count: Int) = repeat(count) { nats.publish(subject, payload) }

    override fun sendWithHeaders(subject: String, payload: ByteArray, count: Int) {
        val headers = Headers()
        BENCH_HEADERS.forEach { (name, value) -> headers.add(name, value) }
        repeat(count) { nats.publish(subject, headers, payload) }
    }

    override fun flush() = nats.flush(TIMEOUT)

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) = dispatch(subject) { counter.received(1) }

    override fun receiveMany(subjects: List<String>, counter: MessageCounter) {
        val dispatcher = nats.createDispatcher { counter.received(1) }
        dispatcher.setPendingLimits(0, 0)
        subjects.forEach { dispatcher.subscribe(it) }
        nats.flush(TIMEOUT)
    }

    override fun echo(subject: String, payloadSize: Int) = dispatch(subject) { nats.publish(it.replyTo, it.data) }

    private fun dispatch(subject: String, handler: MessageHandler) {
        val dispatcher = nats.createDispatcher(handler)
        // A benchmark that drops has measured nothing: 0 means no limit.
        dispatcher.setPendingLimits(0, 0)
        dispatcher.subscribe(subject)
        nats.flush(TIMEOUT)
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) = repeat(count) {
        val start = System.nanoTime()
        checkNotNull(nats.request(subject, payload, TIMEOUT)) { "no reply within $TIMEOUT" }
        times[it] = System.nanoTime() - start
    }

    /** By futures: 256 threads that block would measure the scheduler. */
    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) =
        RequestChains { nats.request(subject, payload) }.run(count, inFlight)

    override fun requestAsync(subject: String, payload: ByteArray, answered: Runnable) {
        nats.request(subject, payload).whenComplete { _, _ -> answered.run() }
    }

    override fun close() = nats.close()

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(30)
    }
}
