package dev.midge.nats.bench.typed

import com.fasterxml.jackson.databind.ObjectMapper
import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.JnatsClient
import dev.midge.nats.bench.client.JnatsConnection
import dev.midge.nats.bench.client.MessageCounter
import dev.midge.nats.bench.client.Target
import io.nats.client.Connection
import java.time.Duration

/** jnats as its users send objects: `publish(subject, writer.writeValueAsBytes(order))`, with a writer for the type, made once. */
class JnatsTypedClient(private val mapper: ObjectMapper) : BenchClient {
    override val name = "jnats-jackson"
    override val speaksTls = false

    override fun connect(target: Target): BenchConnection =
        JnatsTypedConnection(JnatsClient(flushesRequests = true).connection(target), mapper)
}

private class JnatsTypedConnection(
    private val nats: Connection,
    mapper: ObjectMapper,
    private val plain: BenchConnection = JnatsConnection(nats),
) : BenchConnection by plain {
    private val writer = mapper.writerFor(Order::class.java)
    private val reader = mapper.readerFor(Order::class.java)

    override fun send(subject: String, payload: ByteArray, count: Int) =
        repeat(count) { nats.publish(subject, writer.writeValueAsBytes(Order.sample)) }

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) {
        val dispatcher = nats.createDispatcher { if (reader.readValue<Order>(it.data).paid) counter.received(1) }
        dispatcher.setPendingLimits(0, 0)
        dispatcher.subscribe(subject)
        nats.flush(TIMEOUT)
    }

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(30)
    }
}
