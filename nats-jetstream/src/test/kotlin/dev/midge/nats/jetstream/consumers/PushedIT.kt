package dev.midge.nats.jetstream.consumers

import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ConsumerConfigBuilder
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.NotAcknowledgedException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.io.bytestring.encodeToByteString
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun ConsumerScope.pushing(
    configure: ConsumerConfigBuilder.() -> Unit = {
    },
): NatsConsumer = stream.createConsumer("billing") {
    deliverSubject = "deliver.billing"
    idleHeartbeat = 200.milliseconds
    flowControl = true
    configure()
}

/** As the server would say it. */
@OptIn(DelicateNatsApi::class)
private suspend fun ConsumerScope.say(status: String, replyTo: String? = null) {
    val block = "NATS/1.0 $status\r\n\r\n"
    val line = listOfNotNull("HPUB deliver.billing", replyTo, block.length, block.length).joinToString(" ")
    nats.writeRaw("$line\r\n$block\r\n".encodeToByteString())
}

private val ConsumerScope.missed: List<Long>
    get() = events.filterIsInstance<JetStreamEvent.DeliveriesMissed>().map { it.count }

class PushedIT :
    FunSpec({
        for (version in serverVersions) {
            onServer(version, "a push consumer's messages come in order, and are acknowledged") {
                val consumer = pushing()
                publish(1..100)
                val seen = ArrayList<Int>()
                consumer.pushed().take(100).collect {
                    seen += it.number
                    it.ack()
                }
                seen shouldContainExactly (1..100).toList()
                until { consumer.info().ackFloor.streamSequence == 100L }
                leftSubscriptions shouldBe 0
            }

            onServer(version, "with flow control no more comes than a slow collector can be behind with, and all of it comes") {
                val consumer = pushing { ackPolicy = AckPolicy.NONE }
                val size = 64 * 1024
                repeat(1_000) { nats.request("orders.new", ByteArray(size)) }
                val goOn = CompletableDeferred<Unit>()
                var count = 0
                val all = async {
                    consumer.pushed().take(1_000).collect {
                        goOn.await()
                        it.payload.size shouldBe size
                        count++
                    }
                }
                // The server waits for an answer that does not come while nothing is taken.
                until { consumer.info().delivered.consumerSequence > 1 }
                goOn.complete(Unit)
                all.await()
                count shouldBe 1_000
                nats.stats().droppedMessages shouldBe 0
            }

            onServer(version, "a request for flow control is answered, and one that was lost is answered by the next heartbeat") {
                val consumer = pushing()
                val job = launch { consumer.pushed().collect {} }
                until { consumer.info().isPushBound }
                val answers = ConcurrentLinkedQueue<String>()
                nats.subscribe("fc.*") { answers += it.subject }
                say("100 FlowControl Request", "fc.asked")
                say("100 Idle Heartbeat\r\nNats-Last-Consumer: 0\r\nNats-Consumer-Stalled: fc.stalled")
                until { answers.size == 2 }
                answers.toList() shouldContainExactly listOf("fc.asked", "fc.stalled")
                job.cancelAndJoin()
            }

            onServer(version, "deliveries that did not get here are told") {
                collectEvents()
                val consumer = pushing()
                publish(1..2)
                val seen = ConcurrentLinkedQueue<Int>()
                val job = launch { consumer.pushed().collect { seen += it.number } }
                until { seen.size == 2 }
                missed.shouldBeEmpty()
                // A server takes no reply subject from a client that begins as its own do.
                nats.publish("deliver.billing", "9".encodeToByteArray(), replyTo = "x.\$JS.ACK.ORDERS.billing.1.9.9.1795754710141085556.0")
                until { seen.size == 3 }
                until { missed == listOf(6L) }
                say("100 Idle Heartbeat\r\nNats-Last-Consumer: 10\r\nNats-Last-Stream: 10")
                until { missed == listOf(6L, 1L) }
                job.cancelAndJoin()
            }

            onServer(version, "the members of a group share the messages, and none is missed") {
                collectEvents()
                val consumer = pushing { deliverGroup = "workers" }
                val seen = List(2) { ConcurrentLinkedQueue<Int>() }
                val jobs = seen.map { own ->
                    launch {
                        consumer.pushed().collect {
                            own += it.number
                            it.ack()
                        }
                    }
                }
                until { nats.stats().subscriptions == 3 }
                nats.flush()
                publish(1..100)
                until { consumer.info().ackFloor.streamSequence == 100L }
                seen.flatten() shouldContainExactlyInAnyOrder (1..100).toList()
                missed.shouldBeEmpty()
                jobs.forEach { it.cancelAndJoin() }
            }

            onServer(version, "a restart of the server is survived") {
                val consumer = pushing { ackWait = 1.seconds }
                val seen = ConcurrentLinkedQueue<Int>()
                val job = launch {
                    consumer.pushed().collect {
                        seen += it.number
                        it.ack()
                    }
                }
                publish(1..50)
                until { seen.size >= 50 }
                server.kill()
                server.restart()
                publish(51..100)
                until { seen.toSet().size == 100 }
                job.isActive shouldBe true
                job.cancelAndJoin()
                leftSubscriptions shouldBe 0
            }

            onServer(version, "the end of a push consumer is found, and typed") {
                collectEvents()
                val consumer = pushing()
                publish(1..1)
                val first = CompletableDeferred<Unit>()
                val ended = async { runCatching { consumer.pushed().collect { first.complete(Unit) } }.exceptionOrNull() }
                first.await()
                consumer.delete()
                (ended.await() as ConsumerEndedException).consumer shouldBe "billing"
                events.any { it is JetStreamEvent.HeartbeatMissed } shouldBe true
                leftSubscriptions shouldBe 0
                shouldThrow<ConsumerNotFoundException> { consumer.pushed().first() }
            }
        }

        onServer("2.15.1", "one that delivers to another subject ends") {
            val consumer = pushing()
            val ended = async { runCatching { consumer.pushed().collect {} }.exceptionOrNull() }
            until { consumer.info().isPushBound }
            // While somebody listens, no server lets anybody change it.
            consumer.delete()
            pushing { deliverSubject = "deliver.elsewhere" }
            (ended.await() as ConsumerEndedException).reason shouldBe "it does not deliver to 'deliver.billing' any more"
        }

        onServer("2.15.1", "what is taken is acknowledged by the answers to flow control, if that is its policy") {
            val consumer = stream.createConsumer("billing") {
                deliverSubject = "deliver.billing"
                ackPolicy = AckPolicy.FLOW_CONTROL
                maxAckPending = 10
            }
            publish(1..50)
            val messages = ConcurrentLinkedQueue<Int>()
            val job = launch {
                consumer.pushed().collect {
                    messages += it.number
                    shouldThrow<NotAcknowledgedException> { it.ack() }
                }
            }
            until { consumer.info().ackFloor.streamSequence == 50L }
            messages.toList() shouldContainExactly (1..50).toList()
            job.cancelAndJoin()
        }

        onServer("2.15.1", "a consumer that is pulled from pushes nothing") {
            shouldThrow<IllegalArgumentException> { consumer().pushed().first() }
        }
    })
