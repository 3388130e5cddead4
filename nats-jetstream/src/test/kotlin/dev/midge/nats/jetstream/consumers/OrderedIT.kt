package dev.midge.nats.jetstream.consumers

import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.seconds

class OrderedIT :
    FunSpec({
        for (version in serverVersions) {
            onServer(version, "an ordered Flow begins where it is told to, and leaves no consumer") {
                publish(1..5) { if (it % 2 == 0) "even" else "odd" }
                stream.ordered().take(5).toList().map { it.number } shouldContainExactly (1..5).toList()
                stream.ordered { startAt(sequence = 3) }.take(3).toList().map { it.number } shouldContainExactly listOf(3, 4, 5)
                stream.ordered { startAtLast() }.first().number shouldBe 5
                stream.ordered { startAtLastPerSubject() }.take(2).toList().map { it.number } shouldContainExactly listOf(4, 5)
                stream.ordered { filterSubjects("orders.even") }.take(2).toList().map { it.number } shouldContainExactly listOf(2, 4)
                stream.ordered { headersOnly = true }.first().headers["Nats-Msg-Size"] shouldBe "1"
                // Deleting is not waited for.
                until { stream.consumerNames().toList().isEmpty() }
                val new = async(start = CoroutineStart.UNDISPATCHED) { stream.ordered { startAtNew() }.first().number }
                // Those before it may not be deleted yet.
                until { stream.consumers().toList().any { it.config.deliverPolicy == DeliverPolicy.NEW } }
                publish(6..6)
                new.await() shouldBe 6
                until { stream.consumerNames().toList().isEmpty() }
                leftSubscriptions shouldBe 0
                shouldThrow<StreamNotFoundException> { js.stream("NONE").ordered().first() }
            }

            onServer(version, "an ordered Flow misses nothing and doubles nothing when its consumer is deleted and its server is killed") {
                collectEvents()
                val seen = ConcurrentLinkedQueue<Int>()
                val job = launch { stream.ordered().collect { seen += it.number } }
                publish(1..50)
                until { seen.size == 50 }
                stream.deleteConsumer(stream.consumerNames().toList().single())
                publish(51..100)
                until { seen.size == 100 }
                server.kill()
                server.restart()
                publish(101..150)
                until { seen.size == 150 }
                seen.toList() shouldContainExactly (1..150).toList()
                until { events.count { it is JetStreamEvent.ConsumerRecreated } == 2 }
                job.cancelAndJoin()
                until { stream.consumerNames().toList().isEmpty() }
                leftSubscriptions shouldBe 0
            }

            onServer(version, "an ordered Flow of new messages misses none that are stored while there is no consumer") {
                publish(1..3)
                val seen = ConcurrentLinkedQueue<Int>()
                val job = launch { stream.ordered { startAtNew() }.collect { seen += it.number } }
                until { stream.consumerNames().toList().isNotEmpty() }
                val names = stream.consumerNames().toList()
                publish(4..4)
                until { seen.size == 1 }
                stream.deleteConsumer(names.single())
                publish(5..6)
                until { seen.size == 3 }
                seen.toList() shouldContainExactly listOf(4, 5, 6)
                job.cancelAndJoin()
            }

            onServer(version, "an ordered Flow ends typed when its stream is deleted") {
                publish(1..1)
                val seen = ConcurrentLinkedQueue<Int>()
                val ended = async { runCatching { stream.ordered().collect { seen += it.number } }.exceptionOrNull() }
                until { seen.size == 1 }
                js.channel.request("STREAM", "DELETE", "ORDERS")
                val failure = ended.await() as JetStreamException
                (failure is StreamNotFoundException || failure is ConsumerEndedException) shouldBe true
            }

            onServer(version, "an ordered Flow ends typed when there is another stream of its name") {
                publish(1..1)
                val isMadeAnew = CompletableDeferred<Unit>()
                val begun = CompletableDeferred<Unit>()
                val ended = async {
                    runCatching {
                        stream.ordered().collect {
                            begun.complete(Unit)
                            isMadeAnew.await()
                        }
                    }.exceptionOrNull()
                }
                begun.await()
                js.channel.request("STREAM", "DELETE", "ORDERS")
                createStream()
                isMadeAnew.complete(Unit)
                ended.await().shouldBeInstanceOf<ConsumerEndedException>()
                leftSubscriptions shouldBe 0
            }
        }
    })
