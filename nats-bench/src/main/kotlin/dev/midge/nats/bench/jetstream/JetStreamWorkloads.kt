package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.alone.Figure
import dev.midge.nats.bench.alone.Latencies
import dev.midge.nats.bench.alone.Workload
import dev.midge.nats.bench.client.Target
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** Connects [client] to [target] for [scenario], with a stream of its own. */
internal fun jetStreamWorkload(scenario: JetStreamScenario, client: JetStreamClient, target: Target, size: Int): Workload {
    val payload = ByteArray(size) { 'x'.code.toByte() }
    val stream = BenchStream(target, payload)
    val connection = client.connect(target, window = scenario.messages)
    return when (scenario) {
        JetStreamScenario.PublishWindow512, JetStreamScenario.PublishWindow4096 -> PublishingByWindow(stream, connection, payload)
        JetStreamScenario.PublishOne -> PublishingOneByOne(stream, connection, payload)
        JetStreamScenario.Consume -> Consuming(stream, connection)
        JetStreamScenario.Fetch100, JetStreamScenario.Fetch500 -> Fetching(stream, connection, scenario.messages)
    }
}

private abstract class StreamWorkload(protected val stream: BenchStream, protected val connection: JetStreamConnection) : Workload {
    override fun close() = stream.use { connection.close() }
}

private class PublishingByWindow(stream: BenchStream, connection: JetStreamConnection, private val payload: ByteArray) :
    StreamWorkload(stream, connection) {
    override fun prepare(messages: Int) = stream.purge()

    override fun run(messages: Int): Int {
        connection.publishByWindow(BenchStream.SUBJECT, payload, messages)
        return messages
    }
}

private class PublishingOneByOne(stream: BenchStream, connection: JetStreamConnection, private val payload: ByteArray) :
    StreamWorkload(stream, connection) {
    private val times = Latencies()

    override fun prepare(messages: Int) {
        stream.purge()
        times.reset()
    }

    override fun run(messages: Int): Int {
        connection.publishOneByOne(BenchStream.SUBJECT, payload, messages, times::record)
        return messages
    }

    override fun figures(): Map<Figure, Double> = times.figures()
}

/** Each run by a new consumer, of the same messages. */
private class Consuming(stream: BenchStream, connection: JetStreamConnection) : StreamWorkload(stream, connection) {
    private var expected = 0

    override fun prepare(messages: Int) {
        stream.fill(messages)
        stream.renewConsumer()
        expected = messages
    }

    override fun run(messages: Int): Int {
        val done = CountDownLatch(1)
        // Counted by one thread at a time.
        var left = messages
        connection.consume(stream.consumer) { if (--left == 0) done.countDown() }.use {
            check(done.await(STALL_SECONDS, TimeUnit.SECONDS)) { "$left of $messages messages did not come" }
        }
        connection.flush()
        return messages
    }

    override fun figures(): Map<Figure, Double> {
        stream.awaitAcknowledged(expected)
        return emptyMap()
    }

    private companion object {
        const val STALL_SECONDS = 60L
    }
}

/** Each run by a new consumer, of the same messages, in whole batches. */
private class Fetching(stream: BenchStream, connection: JetStreamConnection, private val batch: Int) :
    StreamWorkload(stream, connection) {
    private var batches = 0

    override fun prepare(messages: Int) {
        batches = (messages + batch - 1) / batch
        stream.fill(batches * batch)
        stream.renewConsumer()
    }

    override fun run(messages: Int): Int {
        val fetched = connection.fetch(stream.consumer, batch, batches)
        check(fetched == batches * batch) { "$fetched of ${batches * batch} messages came" }
        connection.flush()
        return fetched
    }

    override fun figures(): Map<Figure, Double> {
        stream.awaitAcknowledged(batches * batch)
        return emptyMap()
    }
}
