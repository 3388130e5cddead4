package dev.midge.nats.bench.client

import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.TlsOptions
import dev.midge.nats.java.NatsClient
import dev.midge.nats.java.SubscribeOptions

/** Midge as a Java program would use it: blocking calls, each request on a thread of its own. */
class MidgeJavaClient : BenchClient {
    override val name = "midge-java"

    override fun connect(target: Target): BenchConnection {
        val nats = NatsClient.of(NatsConnection(target.url) { target.sslContext?.let { tls { sslContext = { it } } } })
        nats.connect()
        return MidgeJavaConnection(nats)
    }
}

private class MidgeJavaConnection(private val nats: NatsClient) : BenchConnection {
    override val serverVersion: String
        get() = nats.serverInfo().orElseThrow().version

    override fun publish(subject: String, payload: ByteArray, count: Int) {
        val to = Subject(subject)
        repeat(count) { nats.publish(to, payload) }
        nats.flush()
    }

    override fun receive(subject: String, payloadSize: Int, expected: Int): Reception {
        val reception = Reception(expected)
        val room = SubscribeOptions.defaults().withOverflow(Overflow.DropNewest(expected, Long.MAX_VALUE))
        nats.subscribe(Subject(subject), room) { reception.received() }
        nats.flush()
        return reception
    }

    override fun echo(subject: String, payloadSize: Int) {
        nats.respond(subject) { it.payload }
        nats.flush()
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, count: Int): LongArray {
        val to = Subject(subject)
        return LongArray(count) {
            val start = System.nanoTime()
            nats.request(to, payload)
            System.nanoTime() - start
        }
    }

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) {
        val to = Subject(subject)
        requestByThreads(count, inFlight) { nats.request(to, payload) }
    }

    override fun close() = nats.close()
}
