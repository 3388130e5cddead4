package dev.midge.nats.bench.typed

import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.MessageCounter
import dev.midge.nats.bench.client.MidgeConnection
import dev.midge.nats.bench.client.Target
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.withCodecs
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Midge with a bound subject: each message is encoded anew from [Order.sample]. */
class MidgeTypedClient(override val name: String, private val codecs: CodecRegistry) : BenchClient {
    override val speaksTls = false

    override fun connect(target: Target): BenchConnection {
        val nats = NatsConnection(target.url)
        runBlocking { nats.connect() }
        return MidgeTypedConnection(nats, codecs)
    }
}

/** Payloads that are handed to it only say how long the JSON is. */
private class MidgeTypedConnection(
    private val nats: NatsConnection,
    private val codecs: CodecRegistry,
    private val plain: BenchConnection = MidgeConnection(nats),
) : BenchConnection by plain {
    private val collectors = CoroutineScope(Dispatchers.Default)

    override fun send(subject: String, payload: ByteArray, count: Int) = runBlocking {
        val orders = nats.withCodecs(codecs).subject<Order>(subject)
        repeat(count) { orders.publish(Order.sample) }
    }

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) = runBlocking {
        val overflow = Overflow.DropNewest(room, Long.MAX_VALUE)
        val orders = nats.withCodecs(codecs).subject<Order>(subject).subscribe(overflow = overflow)
        collectors.launch { orders.collect { if (it.value.paid) counter.received(1) } }
        nats.flush()
    }

    override fun close() {
        collectors.cancel()
        plain.close()
    }
}
