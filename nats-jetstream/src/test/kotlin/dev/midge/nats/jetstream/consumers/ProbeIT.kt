package dev.midge.nats.jetstream.consumers

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.JetStreamProbe
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PoisonMessageException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration

/** Keeps what it is told, in short words. */
@OptIn(InternalNatsApi::class)
private class RecordingProbe : JetStreamProbe {
    val published = ConcurrentLinkedQueue<String>()
    val delivered = ConcurrentLinkedQueue<String>()
    val handled = ConcurrentLinkedQueue<String>()
    val wrongTimes = AtomicInteger()

    override fun onPublished(subject: String, nanos: Long, ack: PublishAck?, failure: Throwable?) {
        check((ack == null) != (failure == null))
        note(nanos)
        published += "$subject ${ack?.sequence ?: failure!!::class.simpleName}"
    }

    override fun onDelivered(message: JetStreamMessage) {
        delivered += "${message.text()} ${message.metadata.delivered}"
    }

    override fun onHandled(message: JetStreamMessage, nanos: Long, failure: Throwable?) {
        note(nanos)
        handled += "${message.text()} ${if (failure == null) "done" else failure::class.simpleName}"
    }

    private fun note(nanos: Long) {
        if (nanos !in 0..LONGEST) wrongTimes.incrementAndGet()
    }

    private companion object {
        /** No test takes longer. */
        const val LONGEST = 60_000_000_000
    }
}

private fun outgoing(vararg subjects: String) = subjects.toList().asFlow().map { OutgoingMessage(Subject(it), it.encodeToByteArray()) }

@OptIn(InternalNatsApi::class)
private suspend fun ConsumerScope.probed(test: suspend ConsumerScope.(JetStream, RecordingProbe) -> Unit) {
    val probe = RecordingProbe()
    test(nats.jetStream { this.probe = probe }, probe)
    probe.wrongTimes.get() shouldBe 0
}

@OptIn(InternalNatsApi::class)
class ProbeIT :
    FunSpec({
        onServer("2.15.1", "a probe is told of each publish once, with its acknowledgement or failure") {
            probed { js, probe ->
                js.publish("orders.a", ByteArray(0))
                js.publishAsync("orders.b", ByteArray(0)).await()
                until { probe.published.size == 2 }
                probe.published.toList() shouldContainExactly listOf("orders.a 1", "orders.b 2")
                probe.published.clear()
                shouldThrow<NoStreamException> { js.publish("nowhere", ByteArray(0)) { retries = 0 } }
                shouldThrow<NoStreamException> { js.publishAsync("nowhere", ByteArray(0)) { retries = 0 }.await() }
                until { probe.published.size == 2 }
                probe.published.toList() shouldContainExactly List(2) { "nowhere NoStreamException" }
            }
        }

        for (keepOrder in listOf(true, false)) {
            onServer("2.15.1", "a probe is told of all that are published by a Flow${if (keepOrder) ", in order" else ""}") {
                probed { js, probe ->
                    js.publishAll(outgoing("orders.a", "orders.b", "orders.c"), keepOrder = keepOrder).toList()
                    until { probe.published.size == 3 }
                    probe.published.toList() shouldContainExactlyInAnyOrder listOf("orders.a 1", "orders.b 2", "orders.c 3")
                    probe.published.clear()
                    shouldThrow<PublishAllException> {
                        js.publishAll(outgoing("orders.d", "nowhere"), keepOrder = keepOrder).collect()
                    }
                    until { probe.published.size == 2 }
                    probe.published.toList() shouldContainExactlyInAnyOrder listOf("orders.d 4", "nowhere NoStreamException")
                }
            }
        }

        onServer("2.15.1", "a probe is told of each delivery and how its handler has ended") {
            probed { js, probe ->
                publish(1..3)
                val consumer = js.stream("ORDERS").createConsumer("billing")
                val consuming = consumer.consume(
                    options = ConsumeOptions { retryDelay = { _, _ -> Duration.ZERO } },
                ) {
                    if (it.number == 2 && it.metadata.delivered == 1L) error("not now")
                    if (it.number == 3) throw PoisonMessageException("never")
                }
                until { probe.handled.size == 4 }
                consuming.drain()
                probe.delivered.toList() shouldContainExactlyInAnyOrder listOf("1 1", "2 1", "3 1", "2 2")
                probe.handled.toList() shouldContainExactlyInAnyOrder
                    listOf("1 done", "2 IllegalStateException", "2 done", "3 PoisonMessageException")
            }
        }

        onServer("2.15.1", "a probe is told of messages however they are taken") {
            probed { js, probe ->
                publish(1..4)
                val stream = js.stream("ORDERS")
                val consumer = stream.createConsumer("billing")
                consumer.next()
                consumer.fetch(1).toList()
                consumer.messages().take(1).toList()
                stream.ordered().take(4).toList()
                probe.delivered.toList() shouldContainExactly listOf("1 1", "2 1", "3 1", "1 1", "2 1", "3 1", "4 1")
            }
        }
    })
