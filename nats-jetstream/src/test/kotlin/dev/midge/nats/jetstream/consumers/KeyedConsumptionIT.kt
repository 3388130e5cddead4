package dev.midge.nats.jetstream.consumers

import dev.midge.nats.Headers
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.DeadLetterHeaders
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PoisonMessageException
import dev.midge.nats.jetstream.PullOptions
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.yield
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private fun soon(messages: Int = 200) = ConsumeOptions {
    retryDelay = { _, _ -> 50.milliseconds }
    pull = PullOptions { maxMessages = messages }
}

class KeyedConsumptionIT :
    FunSpec({
        for (version in serverVersions) {
            for (credit in listOf(200, 4)) {
                onServer(version, "each key is handled in order, one at a time, also when handlers fail, with a credit of $credit") {
                    publish(1..200) { "key${it % 10}" }
                    val consumer = consumer(ackWait = 5.seconds)
                    val handled = ConcurrentHashMap<String, MutableList<Int>>()
                    val running = ConcurrentHashMap.newKeySet<String>()
                    val parallel = AtomicInteger()
                    val most = AtomicInteger()
                    val overlaps = ConcurrentLinkedQueue<String>()
                    val consuming = consumer.consume(4, options = soon(credit)) { message ->
                        if (!running.add(message.subject)) overlaps += message.subject
                        most.accumulateAndGet(parallel.incrementAndGet(), ::maxOf)
                        try {
                            yield()
                            check(message.number % 7 != 0 || message.metadata.delivered > 2) { "not yet" }
                            handled.getOrPut(message.subject) { ArrayList() } += message.number
                        } finally {
                            parallel.decrementAndGet()
                            running.remove(message.subject)
                        }
                    }
                    until { consuming.handled == 200L }
                    consuming.stop()
                    handled.values.forEach { it shouldContainExactly it.sorted() }
                    handled.values.sumOf { it.size } shouldBe 200
                    overlaps.size shouldBe 0
                    most.get() shouldBeLessThanOrEqual 4
                    consuming.failed shouldBe 2 * (200 / 7)
                    nats.flush()
                    until { consumer.info().ackPending == 0L }
                    leftSubscriptions shouldBe 0
                }
            }

            onServer(version, "a slow handler keeps its message: it is not delivered again") {
                publish(1..2)
                val consumer = consumer(ackWait = 1.seconds)
                val calls = AtomicInteger()
                val consuming = consumer.consume(2, keyOf = { it.number }) {
                    calls.incrementAndGet()
                    delay(3.seconds)
                }
                until { consuming.handled == 2L }
                calls.get() shouldBe 2
                consumer.info().delivered.consumerSequence shouldBe 2
                consuming.stop()
            }

            onServer(version, "a message behind a slow one of its key is kept too") {
                publish(1..2)
                val consumer = consumer(ackWait = 1.seconds)
                val deliveries = ConcurrentLinkedQueue<Long>()
                val consuming = consumer.consume(2) {
                    deliveries += it.metadata.delivered
                    delay(2.seconds)
                }
                until { consuming.handled == 2L }
                deliveries.toList() shouldContainExactly listOf(1L, 1L)
                consumer.info().delivered.consumerSequence shouldBe 2
                consuming.stop()
            }

            onServer(version, "poison is not delivered again, nor is what has failed as often as it may, and both are told of") {
                collectEvents()
                publish(1..3)
                val consumer = consumer()
                val options = ConsumeOptions {
                    retryDelay = { _, _ -> 10.milliseconds }
                    maxDeliveries = 3
                }
                val consuming = consumer.consume(options = options) {
                    if (it.number == 1) throw PoisonMessageException("cannot be read")
                    check(it.number != 2) { "never" }
                }
                until { consuming.handled == 1L && consuming.givenUp == 2L }
                consuming.failed shouldBe 4
                nats.flush()
                until { consumer.info().ackPending == 0L }
                until { events.count { it is JetStreamEvent.MessageGivenUp } == 2 }
                events.filterIsInstance<JetStreamEvent.MessageGivenUp>().map { it.sequence to it.deliveries } shouldContainExactly
                    listOf(1L to 1L, 2L to 3L)
                consuming.stop()
            }

            onServer(
                version,
                "what is given up is a dead letter first, once, with its headers and the reason, and waits for a stream that takes it",
            ) {
                js.publish("orders.new", "1".encodeToByteArray()) {
                    headers =
                        Headers.of("Trace" to "t1", "Nats-Expected-Stream" to "ORDERS")
                }
                publish(2..3)
                val consumer = consumer()
                val options = ConsumeOptions {
                    retryDelay = { _, _ -> 10.milliseconds }
                    maxDeliveries = 2
                    deadLetters = Subject("dead.orders")
                }
                collectEvents()
                val consuming = consumer.consume(options = options, keyOf = { it.number }) {
                    if (it.number == 1) throw PoisonMessageException("cannot be read")
                    check(it.number != 2) { "never" }
                }
                // No stream takes it yet: it comes again and again.
                until { events.count { it is JetStreamEvent.HandlerFailed && it.cause is NoStreamException } >= 2 }
                consuming.givenUp shouldBe 0
                val dead = js.createStream("DEAD") { subjects("dead.>") }
                until { consuming.givenUp == 2L }
                val letters = dead.messages(from = 1).toList().associateBy { it.headers[DeadLetterHeaders.SEQUENCE] }
                letters.keys shouldBe setOf("1", "2")
                val poison = letters.getValue("1")
                poison.text() shouldBe "1"
                poison.headers["Trace"] shouldBe "t1"
                poison.headers["Nats-Expected-Stream"] shouldBe null
                poison.headers[DeadLetterHeaders.REASON] shouldBe "cannot be read"
                poison.headers[DeadLetterHeaders.SUBJECT] shouldBe "orders.new"
                poison.headers[DeadLetterHeaders.STREAM] shouldBe "ORDERS"
                poison.headers[DeadLetterHeaders.CONSUMER] shouldBe "billing"
                nats.flush()
                until { consumer.info().ackPending == 0L }
                dead.info().state.messages shouldBe 2
                consuming.stop()
            }

            onServer(version, "a key does not wait for a message that the consumer's own limit has ended") {
                publish(1..2)
                val consumer = stream.createConsumer("billing") { maxDeliver = 2 }
                val consuming = consumer.consume(options = soon()) { check(it.number != 1) { "never" } }
                until { consuming.handled == 1L }
                consuming.givenUp shouldBe 1
                consuming.stop()
            }

            onServer(version, "stopping lets handlers end, and gives back what waits") {
                publish(1..50)
                val consumer = consumer(ackWait = if (version == "2.9.10") 2.seconds else 90.seconds)
                val started = CompletableDeferred<Unit>()
                val goesOn = CompletableDeferred<Unit>()
                val consuming = consumer.consume {
                    started.complete(Unit)
                    goesOn.await()
                }
                started.await()
                until { consumer.info().delivered.streamSequence == 50L }
                nats.flush()
                consuming.close()
                goesOn.complete(Unit)
                consuming.stop()
                consuming.handled shouldBe 1
                consuming.awaitEnd()
                leftSubscriptions shouldBe 0
                // At once, where the ack wait is longer than this test. 2.9 forgets one until then, when it finds that a pull has gone.
                until {
                    consumer.next(100.milliseconds)?.ackConfirmed()
                    consumer.info().ackFloor.streamSequence == 50L
                }
            }

            onServer(version, "draining handles what has come") {
                publish(1..50)
                val consumer = consumer()
                val goesOn = CompletableDeferred<Unit>()
                val consuming = consumer.consume(4, keyOf = { it.number }) { goesOn.await() }
                until { consumer.info().delivered.streamSequence == 50L }
                nats.flush()
                goesOn.complete(Unit)
                consuming.drain()
                until { consumer.info().ackPending + consuming.handled == 50L }
            }

            onServer(version, "draining the connection handles what has come, and acknowledges it") {
                publish(1..50)
                val consumer = consumer()
                val goesOn = CompletableDeferred<Unit>()
                val consuming = consumer.consume(4, keyOf = { it.number }) { goesOn.await() }
                until { consumer.info().delivered.streamSequence == 50L }
                goesOn.complete(Unit)
                nats.drain()
                consuming.awaitEnd()
                consuming.handled shouldBe 50
            }

            onServer(version, "handling ends typed when the consumer is deleted") {
                val consumer = consumer()
                val consuming = consumer.consume { }
                until { consumer.info().waitingPulls == 1 }
                consumer.delete()
                shouldThrow<ConsumerEndedException> { consuming.awaitEnd() }
                consuming.isActive shouldBe false
                leftSubscriptions shouldBe 0
            }

            onServer(version, "handling goes on after the server was killed, in order for each key") {
                publish(1..100) { "key${it % 5}" }
                val consumer = consumer(ackWait = 2.seconds)
                val handled = ConcurrentHashMap<String, MutableList<Int>>()
                val consuming = consumer.consume(4, options = soon()) {
                    delay(2.milliseconds)
                    handled.getOrPut(it.subject) { ArrayList() } += it.number
                }
                until { consuming.handled > 30 }
                server.kill()
                server.restart()
                publish(101..200) { "key${it % 5}" }
                until { handled.values.flatten().toSet().size == 200 }
                // What was handled when the server died may come again; the first time of each is in order.
                handled.values.forEach { it.distinct() shouldContainExactly it.distinct().sorted() }
                consuming.stop()
            }
        }

        onServer("2.15.1", "cancelling the context's job cancels handlers, and their messages come again at once") {
            publish(1..1)
            val consumer = consumer()
            val job = kotlinx.coroutines.Job()
            val started = CompletableDeferred<Unit>()
            consumer.consume(options = ConsumeOptions { context = job }) {
                started.complete(Unit)
                awaitCancellation()
            }
            started.await()
            job.cancel()
            consumer.next()?.metadata?.delivered shouldBe 2
        }
    })
