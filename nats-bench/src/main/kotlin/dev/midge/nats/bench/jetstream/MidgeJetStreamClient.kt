package dev.midge.nats.bench.jetstream

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import dev.midge.nats.bench.client.MessageCounter
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.midgeConnection
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.jetStream
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.Duration.Companion.seconds

/**
 * Midge as a Kotlin program would use it.
 *
 * @param handles whether endless consumption is by a handler, instead of a Flow.
 * @param publishers where the publisher of a window runs; by default on the event loop of the calling thread.
 */
internal class MidgeJetStreamClient(
    override val name: String,
    private val handles: Boolean = false,
    private val publishers: CoroutineContext = EmptyCoroutineContext,
) : JetStreamClient {
    override fun connect(target: Target, window: Int): JetStreamConnection {
        val nats = midgeConnection(target)
        runBlocking { nats.connect() }
        return MidgeJetStreamConnection(nats, window, handles, publishers)
    }
}

private class MidgeJetStreamConnection(
    private val nats: NatsConnection,
    private val window: Int,
    private val handles: Boolean,
    private val publishers: CoroutineContext,
) : JetStreamConnection {
    private val js = nats.jetStream { publishWindow = window }
    private val stream = js.stream(BenchStream.STREAM)
    private val collectors = CoroutineScope(Dispatchers.Default)

    override fun publishByWindow(subject: String, payload: ByteArray, count: Int) = runBlocking(publishers) {
        val to = Subject(subject)
        val acks = arrayOfNulls<Deferred<PublishAck>>(window)
        repeat(count) {
            val ack = js.publishAsync(to, payload)
            // There already: it was what there had to be room for.
            acks[it % window]?.await()
            acks[it % window] = ack
        }
        acks.forEach { it?.await() }
    }

    override fun publishOneByOne(subject: String, payload: ByteArray, count: Int, took: (Long) -> Unit) = runBlocking {
        val to = Subject(subject)
        repeat(count) {
            val start = System.nanoTime()
            js.publish(to, payload)
            took(System.nanoTime() - start)
        }
    }

    override fun consume(consumer: String, counter: MessageCounter): AutoCloseable =
        if (handles) handle(consumer, counter) else collect(consumer, counter)

    private fun handle(consumer: String, counter: MessageCounter): AutoCloseable {
        val consuming = runBlocking { stream.consumer(consumer).consume { counter.received(1) } }
        return AutoCloseable { runBlocking { consuming.drain() } }
    }

    private fun collect(consumer: String, counter: MessageCounter): AutoCloseable {
        val collecting = collectors.launch {
            stream.consumer(consumer).messages().collect {
                it.ack()
                counter.received(1)
            }
        }
        return AutoCloseable { runBlocking { collecting.cancelAndJoin() } }
    }

    override fun fetch(consumer: String, batch: Int, batches: Int): Int = runBlocking {
        val from = stream.consumer(consumer)
        var messages = 0
        repeat(batches) {
            from.fetch(batch, within = WITHIN).collect {
                it.ack()
                messages++
            }
        }
        messages
    }

    override fun flush() = runBlocking { nats.flush() }

    override fun close() = runBlocking { nats.close() }

    private companion object {
        val WITHIN = 5.seconds
    }
}
