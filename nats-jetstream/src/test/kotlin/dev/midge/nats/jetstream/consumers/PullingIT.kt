package dev.midge.nats.jetstream.consumers

import dev.midge.nats.jetstream.AlreadyAcknowledgedException
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.PriorityPolicy
import dev.midge.nats.jetstream.PullOptions
import dev.midge.nats.jetstream.PullRefusedException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun List<JetStreamMessage>.ackAll() = forEach { it.ack() }

class PullingIT :
    FunSpec({
        for (version in serverVersions) {
            onServer(version, "next brings one message at a time, and null when there is none") {
                publish(1..2)
                val consumer = consumer()
                val first = consumer.next().shouldNotBeNull()
                first.number shouldBe 1
                first.metadata.stream shouldBe "ORDERS"
                first.metadata.consumer shouldBe "billing"
                first.metadata.streamSequence shouldBe 1
                first.metadata.delivered shouldBe 1
                first.metadata.pending shouldBe 1
                first.ackConfirmed()
                shouldThrow<AlreadyAcknowledgedException> { first.ack() }
                consumer.next()?.number shouldBe 2
                consumer.next(100.milliseconds).shouldBeNull()
                leftSubscriptions shouldBe 0
            }

            onServer(version, "a fetch ends with its last message, with what is there, and with its time") {
                publish(1..10)
                val consumer = consumer()
                consumer.fetch(4).toList().onEach { it.ack() }.map { it.number } shouldContainExactly listOf(1, 2, 3, 4)
                consumer.fetch(4, noWait = true).toList().onEach { it.ack() }.map { it.number } shouldContainExactly listOf(5, 6, 7, 8)
                consumer.fetch(4, noWait = true).toList().onEach { it.ack() }.map { it.number } shouldContainExactly listOf(9, 10)
                consumer.fetch(4, noWait = true).toList() shouldBe emptyList()
                publish(11..12)
                consumer.fetch(4, within = 200.milliseconds).toList().map { it.number } shouldContainExactly listOf(11, 12)
            }

            onServer(version, "a fetch takes no more bytes than it may, and says if one message has more") {
                nats.request("orders.new", ByteArray(500))
                nats.request("orders.new", ByteArray(500))
                nats.request("orders.new", ByteArray(5_000))
                val consumer = consumer()
                consumer.fetch(10, within = 2.seconds, maxBytes = 1_500).toList().also { it.ackAll() }.size shouldBe 2
                shouldThrow<PullRefusedException> { consumer.fetch(10, within = 2.seconds, maxBytes = 1_500).toList() }
                consumer.fetch(1).toList().single().payload.size shouldBe 5_000
            }

            onServer(version, "a consumer that is not there is told of, by next and by fetch and by messages") {
                val missing = stream.consumer("missing")
                shouldThrow<ConsumerNotFoundException> { missing.next(300.milliseconds) }
                shouldThrow<ConsumerNotFoundException> { missing.fetch(5, within = 300.milliseconds).toList() }
                val options = PullOptions {
                    expires = 1.seconds
                    heartbeat = 200.milliseconds
                }
                shouldThrow<ConsumerEndedException> { missing.messages(options).toList() }
            }

            onServer(version, "messages come without an end, more than are asked for at once, and within bytes too") {
                // What is under way when the first collector stops comes again after that.
                val consumer = consumer(ackWait = 1.seconds)
                val taken = async {
                    consumer.messages(PullOptions { maxMessages = 10 }).take(100).toList().onEach { it.ack() }.map { it.number }
                }
                publish(1..200)
                taken.await() shouldContainExactly (1..100).toList()
                val options = PullOptions {
                    maxMessages = 50
                    maxBytes = 600
                }
                val rest = ConcurrentHashMap.newKeySet<Int>()
                consumer.messages(options).takeWhile { rest.size < 99 || it.number in rest }.collect {
                    it.ack()
                    rest += it.number
                }
                rest.size shouldBe 99
            }

            onServer(version, "a collector that takes its time is sent no more than it may have") {
                publish(1..100)
                val consumer = consumer()
                val goesOn = CompletableDeferred<Unit>()
                val seen = ConcurrentLinkedQueue<Int>()
                launch {
                    consumer.messages(PullOptions { maxMessages = 10 }).collect {
                        if (it.number == 5) goesOn.await()
                        it.ack()
                        seen += it.number
                    }
                }
                until { seen.size == 4 && consumer.info().ackPending > 0 }
                nats.flush()
                // The fifth is being handled: it is taken, and no more than ten are not.
                (consumer.info().delivered.streamSequence <= 5 + 10) shouldBe true
                goesOn.complete(Unit)
                until { seen.size == 100 }
            }

            onServer(version, "a refused message comes again at once, or after its delay, and one that is left after the ack wait") {
                publish(1..3)
                val consumer = consumer(ackWait = 1.seconds)
                val (first, second, third) = consumer.fetch(3).toList()
                first.nak()
                consumer.next()?.metadata?.let { it.streamSequence to it.delivered } shouldBe (1L to 2L)
                second.terminate("no use")
                third.nak(300.milliseconds)
                consumer.next(100.milliseconds).shouldBeNull()
                consumer.next()?.number shouldBe 3
                // The first and the third are left; the second does not come again.
                val again = consumer.fetch(2, within = 5.seconds).toList().onEach { it.ackConfirmed() }
                again.map { it.number }.sorted() shouldContainExactly listOf(1, 3)
                consumer.next(1500.milliseconds).shouldBeNull()
                consumer.info().ackPending shouldBe 0
            }

            onServer(version, "progress keeps a message from being delivered again") {
                publish(1..1)
                val consumer = consumer(ackWait = 1.seconds)
                val message = consumer.next().shouldNotBeNull()
                repeat(5) {
                    message.inProgress()
                    consumer.next(400.milliseconds).shouldBeNull()
                }
                message.ackConfirmed()
            }

            onServer(version, "messages end typed when the consumer is deleted, with its stream too") {
                publish(1..5)
                val seen = Channel<Int>(Channel.UNLIMITED)
                val one = async { runCatching { consumer("one").messages().collect { seen.send(it.number) } } }
                val two = async { runCatching { consumer("two").messages().collect { seen.send(it.number) } } }
                repeat(10) { seen.receive() }
                stream.deleteConsumer("one")
                (one.await().exceptionOrNull() as ConsumerEndedException).consumer shouldBe "one"
                js.channel.request("STREAM", "DELETE", "ORDERS")
                (two.await().exceptionOrNull() is ConsumerEndedException) shouldBe true
                leftSubscriptions shouldBe 0
            }

            onServer(version, "messages go on after the server was killed, and each is handled") {
                collectEvents()
                val consumer = consumer(ackWait = 1.seconds)
                publish(1..50)
                val seen = ConcurrentLinkedQueue<Int>()
                val job = launch {
                    consumer.messages().collect {
                        it.ack()
                        seen += it.number
                    }
                }
                until { seen.size == 50 }
                nats.flush()
                server.kill()
                server.restart()
                publish(51..100)
                until { seen.toSet() == (1..100).toSet() }
                job.cancelAndJoin()
                events.none { it is JetStreamEvent.HeartbeatMissed } shouldBe true
            }

            onServer(version, "a collector that stops leaves no subscription and no pull, and gives back what it has not taken") {
                publish(1..100)
                val consumer = consumer(ackWait = if (version == "2.9.10") 1.seconds else 90.seconds)
                val taken = consumer.messages().onEach {
                    // What is still under way when it stops would come again after the ack wait alone.
                    until { consumer.info().delivered.streamSequence == 100L }
                    nats.flush()
                }
                taken.take(10).toList().map { it.number } shouldContainExactly (1..10).toList()
                leftSubscriptions shouldBe 0
                // At once, where the ack wait is longer than this test. 2.9 forgets one until then, when it finds that a pull has gone.
                val rest = HashSet<Int>()
                until {
                    rest += consumer.fetch(90, within = 1.seconds).toList().map { it.number }
                    rest.containsAll((11..100).toList())
                }
                val job = launch { consumer.messages().collect { } }
                until { consumer.info().waitingPulls == 1 }
                job.cancelAndJoin()
                leftSubscriptions shouldBe 0
                until { consumer.info().waitingPulls == 0 }
            }
        }

        onServer("2.15.1", "one client is pinned, and another one after it is unpinned") {
            stream.createConsumer("billing") {
                priorityGroups = listOf("g")
                priorityPolicy = PriorityPolicy.PINNED_CLIENT
            }
            val consumer = stream.consumer("billing")
            val options = PullOptions {
                group = "g"
                maxMessages = 2
            }
            val seen = List(2) { ConcurrentLinkedQueue<Int>() }
            repeat(2) { client ->
                launch {
                    consumer.messages(options).collect {
                        it.ack()
                        seen[client] += it.number
                    }
                }
            }
            until { consumer.info().waitingPulls == 2 }
            publish(1..20)
            until { seen.sumOf { it.size } == 20 }
            seen.map { it.size }.sorted() shouldContainExactly listOf(0, 20)
            consumer.info().priorityGroups.single().pinnedClientId.shouldNotBeNull()
            consumer.unpin("g")
            publish(21..40)
            until { seen.flatten().toSet().size == 40 }
        }

        onServer("2.15.1", "a client that is for overflow gets none until enough is waiting") {
            stream.createConsumer("billing") {
                priorityGroups = listOf("g")
                priorityPolicy = PriorityPolicy.OVERFLOW
            }
            val seen = ConcurrentLinkedQueue<Int>()
            val options = PullOptions {
                group = "g"
                minPending = 5
            }
            launch { stream.consumer("billing").messages(options).collect { seen += it.number } }
            publish(1..4)
            until { stream.consumer("billing").info().waitingPulls == 1 }
            seen.size shouldBe 0
            publish(5..10)
            until { seen.isNotEmpty() }
        }
    })
