package dev.midge.nats.bench.jetstream

import dev.midge.nats.Subject
import dev.midge.nats.bench.client.MessageCounter
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.midgeConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.java.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.PublishAck
import java.time.Duration
import java.util.concurrent.CompletableFuture

/** Midge as a Java program would use it: blocking calls, futures for a window, and a handler. */
internal class MidgeJavaJetStreamClient : JetStreamClient {
    override val name = "midge-java"

    override fun connect(target: Target, window: Int): JetStreamConnection {
        val nats = NatsClient.of(midgeConnection(target))
        nats.connect()
        return MidgeJavaJetStreamConnection(nats, window)
    }
}

private class MidgeJavaJetStreamConnection(private val nats: NatsClient, private val window: Int) : JetStreamConnection {
    private val js = JetStream.of(nats, JetStreamOptions.builder().publishWindow(window).build())
    private val stream = js.stream(BenchStream.STREAM)

    override fun publishByWindow(subject: String, payload: ByteArray, count: Int) {
        val to = Subject(subject)
        val acks = arrayOfNulls<CompletableFuture<PublishAck>>(window)
        repeat(count) {
            val ack = js.publishAsync(to, payload)
            acks[it % window]?.join()
            acks[it % window] = ack
        }
        acks.forEach { it?.join() }
    }

    override fun publishOneByOne(subject: String, payload: ByteArray, count: Int, took: (Long) -> Unit) {
        val to = Subject(subject)
        repeat(count) {
            val start = System.nanoTime()
            js.publish(to, payload)
            took(System.nanoTime() - start)
        }
    }

    override fun consume(consumer: String, counter: MessageCounter): AutoCloseable {
        val consuming = stream.consumer(consumer).consume { counter.received(1) }
        return AutoCloseable {
            consuming.drain()
            consuming.close()
        }
    }

    override fun fetch(consumer: String, batch: Int, batches: Int): Int {
        val from = stream.consumer(consumer)
        var messages = 0
        repeat(batches) {
            for (message in from.fetch(batch, WITHIN)) {
                message.ack()
                messages++
            }
        }
        return messages
    }

    override fun flush() = nats.flush()

    override fun close() = nats.close()

    private companion object {
        val WITHIN: Duration = Duration.ofSeconds(5)
    }
}
