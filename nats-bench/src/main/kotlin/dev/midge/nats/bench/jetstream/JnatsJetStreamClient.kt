package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.JnatsClient
import dev.midge.nats.bench.client.MessageCounter
import dev.midge.nats.bench.client.Target
import io.nats.client.Connection
import io.nats.client.FetchConsumeOptions
import java.time.Duration

/**
 * jnats, by its simplified API.
 *
 * @param flushesRequests whether each publish flushes, as it does by default.
 * @param rounds whether a window of messages is published and then awaited as a whole, as its own benchmark does it.
 */
internal class JnatsJetStreamClient(
    override val name: String,
    private val flushesRequests: Boolean = true,
    private val rounds: Boolean = false,
) : JetStreamClient {
    override fun connect(target: Target, window: Int): JetStreamConnection {
        val nats = JnatsClient(flushesRequests).connection(target)
        val js = nats.jetStream()
        return JnatsJetStreamConnection(nats, if (rounds) JnatsRounds(js, window) else JnatsWindow(js, window))
    }
}

private class JnatsJetStreamConnection(private val nats: Connection, private val publisher: JnatsPublisher) : JetStreamConnection {
    private val js = nats.jetStream()

    override fun publishByWindow(subject: String, payload: ByteArray, count: Int) = publisher.publish(subject, payload, count)

    override fun publishOneByOne(subject: String, payload: ByteArray, count: Int, took: (Long) -> Unit) = repeat(count) {
        val start = System.nanoTime()
        js.publish(subject, payload)
        took(System.nanoTime() - start)
    }

    override fun consume(consumer: String, counter: MessageCounter): AutoCloseable =
        nats.getConsumerContext(BenchStream.STREAM, consumer).consume {
            it.ack()
            counter.received(1)
        }

    override fun fetch(consumer: String, batch: Int, batches: Int): Int {
        val context = nats.getConsumerContext(BenchStream.STREAM, consumer)
        val options = FetchConsumeOptions.builder().maxMessages(batch).expiresIn(EXPIRES_MILLIS).build()
        var messages = 0
        repeat(batches) {
            context.fetch(options).use { fetch ->
                while (true) {
                    val message = fetch.nextMessage() ?: break
                    message.ack()
                    messages++
                }
            }
        }
        return messages
    }

    override fun flush() = nats.flush(Duration.ofSeconds(30))

    override fun close() = nats.close()

    private companion object {
        const val EXPIRES_MILLIS = 5_000L
    }
}
