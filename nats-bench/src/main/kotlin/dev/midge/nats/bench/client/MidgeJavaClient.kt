package dev.midge.nats.bench.client

import dev.midge.nats.Headers
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.TlsOptions
import dev.midge.nats.java.NatsClient
import dev.midge.nats.java.SubscribeOptions

/** Midge as a Java program would use it: blocking calls, and concurrent requests as [requesting] says. */
class MidgeJavaClient(override val name: String, private val requesting: Requesting) : BenchClient {
    override fun connect(target: Target): BenchConnection {
        val nats = NatsClient.of(midgeConnection(target))
        nats.connect()
        return MidgeJavaConnection(nats, requesting)
    }
}

/** The ways to send concurrent requests from Java. */
enum class Requesting {
    /** By blocking calls, on a virtual thread each if the JVM has such. */
    Virtual,

    /** By blocking calls, on a platform thread each. */
    Platform,

    /** By futures. */
    Futures,
}

private class MidgeJavaConnection(private val nats: NatsClient, private val requesting: Requesting) : BenchConnection {
    private val threads = RequestThreads(virtual = requesting == Requesting.Virtual)

    override val serverVersion: String
        get() = nats.serverInfo().orElseThrow().version

    override fun send(subject: String, payload: ByteArray, count: Int) {
        val to = Subject(subject)
        repeat(count) { nats.publish(to, payload) }
    }

    override fun sendWithHeaders(subject: String, payload: ByteArray, count: Int) {
        val to = Subject(subject)
        val headers = Headers.of(*BENCH_HEADERS.toList().toTypedArray())
        repeat(count) { nats.publish(to, payload, headers) }
    }

    override fun flush() = nats.flush()

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) {
        val options = SubscribeOptions.defaults().withOverflow(Overflow.DropNewest(room, Long.MAX_VALUE))
        nats.subscribe(Subject(subject), options) { counter.received(1) }
        nats.flush()
    }

    override fun echo(subject: String, payloadSize: Int) {
        nats.respond(subject) { it.payload }
        nats.flush()
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) {
        val to = Subject(subject)
        repeat(count) {
            val start = System.nanoTime()
            nats.request(to, payload)
            times[it] = System.nanoTime() - start
        }
    }

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) {
        val to = Subject(subject)
        when (requesting) {
            Requesting.Virtual, Requesting.Platform -> threads.run(count, inFlight) { nats.request(to, payload) }
            Requesting.Futures -> nats.async().let { async -> RequestChains { async.request(to, payload) }.run(count, inFlight) }
        }
    }

    override fun requestAsync(subject: String, payload: ByteArray, answered: Runnable) {
        nats.async().request(subject, payload).whenComplete { _, _ -> answered.run() }
    }

    override fun close() {
        threads.close()
        nats.close()
    }
}
