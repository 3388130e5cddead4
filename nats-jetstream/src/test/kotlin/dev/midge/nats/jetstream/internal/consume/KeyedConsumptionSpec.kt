package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NotConnectedException
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.PullOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private class BadKey(private val sequence: Long) {
    override fun hashCode(): Int = if (sequence == 2L) throw AssertionError("no hash") else sequence.toInt()

    override fun equals(other: Any?): Boolean = this === other
}

private fun consumption(
    consumer: FakeConsumer,
    keyOf: (JetStreamMessage) -> Any = { it.subject },
    job: Job? = null,
    handler: suspend (JetStreamMessage) -> Unit,
): KeyedConsumption {
    val options = ConsumeOptions {
        retryDelay = { _, _ -> 1.milliseconds }
        pull = PullOptions { maxMessages = 100 }
        if (job != null) context = job
    }
    return KeyedConsumption(consumer.source, ConsumerConfig.builder().build(), 1, keyOf, options, handler).also { it.start() }
}

private suspend fun await(condition: () -> Boolean) = withTimeout(10.seconds) {
    while (!condition()) yield()
}

private val JetStreamMessage.sequence: Long
    get() = metadata.streamSequence

@OptIn(InternalNatsApi::class)
class KeyedConsumptionSpec :
    FunSpec({
        test("after a connection was closed in order nothing that waits is handled, what runs comes to its end") {
            val consumer = FakeConsumer()
            val goesOn = CompletableDeferred<Unit>()
            val begun = ConcurrentLinkedQueue<Long>()
            val consumption = consumption(consumer) {
                begun += it.sequence
                goesOn.await()
            }
            (1L..5L).forEach { consumer.deliver(it) }
            await { begun.size == 1 }
            consumer.tell { onEnd(null) }
            await { !consumption.isActive }
            goesOn.complete(Unit)
            withTimeout(10.seconds) { consumption.awaitEnd() }
            begun.toList() shouldContainExactly listOf(1L)
        }

        test("what could not be acknowledged is not counted as handled") {
            val consumer = FakeConsumer { throw NotConnectedException("closed") }
            consumer.isFull = true
            val ended = CompletableDeferred<Unit>()
            val consumption = consumption(consumer) { ended.complete(Unit) }
            consumer.deliver(1)
            ended.await()
            withTimeout(10.seconds) { consumption.stop(keepsWaiting = true) }
            consumption.handled shouldBe 0
        }

        test("while a connection drains all that has come is handled") {
            val consumer = FakeConsumer()
            val goesOn = CompletableDeferred<Unit>()
            val consumption = consumption(consumer) { goesOn.await() }
            (1L..5L).forEach { consumer.deliver(it) }
            val drain = launch(Dispatchers.Default) { consumer.drain() }
            await { !consumption.isActive }
            goesOn.complete(Unit)
            withTimeout(10.seconds) {
                drain.join()
                consumption.awaitEnd()
            }
            consumption.handled shouldBe 5
        }

        test("a key that is null, or throws, is a failure of its message alone") {
            val consumer = FakeConsumer()

            @Suppress("UNCHECKED_CAST")
            val none = { _: JetStreamMessage -> null } as (JetStreamMessage) -> Any
            val consumption = consumption(consumer, { if (it.sequence == 1L) none(it) else BadKey(it.sequence) }) {}
            (1L..3L).forEach { consumer.deliver(it) }
            await { consumption.handled == 1L }
            consumption.failed shouldBe 2
            withTimeout(10.seconds) { consumption.stop(keepsWaiting = false) }
            consumer.said.toList() shouldContainExactlyInAnyOrder
                listOf("1 -NAK {\"delay\":1000000}", "2 -NAK {\"delay\":1000000}", "3 +ACK")
        }

        test("an intake that dies tells why, and gives its message back") {
            val consumer = FakeConsumer()
            class Odd {
                override fun hashCode(): Int = 1

                override fun equals(other: Any?): Boolean = throw AssertionError("no equals")
            }
            val begun = CompletableDeferred<Unit>()
            val consumption = consumption(consumer, { Odd() }) {
                begun.complete(Unit)
                awaitCancellation()
            }
            consumer.deliver(1)
            begun.await()
            consumer.deliver(2)
            // The first is being handled for ever: only what waits can be looked at.
            await { !consumption.isActive }
            consumption.close()
            consumer.said.toList() shouldContainExactly listOf("2 -NAK")
        }

        test("a message that its handler has acknowledged before it was cancelled is not given back") {
            val consumer = FakeConsumer()
            val job = Job()
            val acked = CompletableDeferred<Unit>()
            val consumption = consumption(consumer, job = job) {
                it.ack()
                acked.complete(Unit)
                awaitCancellation()
            }
            consumer.deliver(1)
            acked.await()
            job.cancel()
            shouldThrow<CancellationException> { withTimeout(10.seconds) { consumption.awaitEnd() } }
            consumer.said.toList() shouldContainExactly listOf("1 +ACK")
        }

        test("one that is stopped while the failure of a key is being told gives the message back") {
            val telling = CompletableDeferred<Unit>()
            val consumer = FakeConsumer {
                telling.complete(Unit)
                awaitCancellation()
            }
            consumer.isFull = true
            val consumption = consumption(consumer, { error("no key") }) {}
            consumer.deliver(1)
            telling.await()
            consumer.isFull = false
            withTimeout(10.seconds) { consumption.stop(keepsWaiting = false) }
            consumer.said.toList() shouldContainExactly listOf("1 -NAK")
        }
    })
