package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import dev.midge.nats.Overflow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicInteger

private const val KEPT = 1_000

private fun usedHeap(): Long {
    System.gc()
    return ManagementFactory.getMemoryMXBean().heapMemoryUsage.used
}

class SlowConsumerIsExactIT :
    FunSpec({
        context("delivered and dropped is sent, one event an episode, and the others get everything") {
            withTests<Overflow>(
                { it.toString() },
                Overflow.DropNewest(messages = KEPT),
                Overflow.DropOldest(messages = KEPT),
                Overflow.Latest,
            ) { overflow ->
                promiseScope {
                    val server = server()
                    val nats = connection(server.url)
                    val publisher = connection(server.url)
                    val gate = CompletableDeferred<Unit>()
                    val delivered = AtomicInteger()
                    val slow = nats.subscribe("fast", overflow = overflow) {
                        gate.await()
                        delivered.incrementAndGet()
                    }
                    val others = AtomicInteger()
                    nats.subscribeInline("fast") { others.incrementAndGet() }
                    nats.flush()
                    val events = eventsOf(nats)
                    val sent = rounds(100_000, 1_000_000)
                    val before = usedHeap()
                    repeat(sent) { publisher.publish("fast", ByteArray(128)) }
                    publisher.flush()
                    until { others.get() == sent }
                    slow.receivedMessages shouldBe sent.toLong()
                    // Flat: a queue of 1,000 messages, whatever was sent.
                    (usedHeap() - before) shouldBeLessThan 8L * 1024 * 1024
                    gate.complete(Unit)
                    val dropped = events.next<NatsEvent.MessagesDropped>()
                    dropped.sid shouldBe slow.sid
                    until { delivered.get() + slow.droppedMessages == sent.toLong() }
                    slow.pendingMessages shouldBe 0
                    dropped.count shouldBe slow.droppedMessages
                    // The newest, and the one that the handler had begun with.
                    delivered.get() shouldBe if (overflow is Overflow.Latest) 2 else overflow.messages
                    nats.stats().droppedMessages shouldBe slow.droppedMessages
                    events.all.filterIsInstance<NatsEvent.SlowConsumer>().map { it.sid } shouldBe listOf(slow.sid)
                    others.get() shouldBe sent
                }
            }
        }

        promise("each episode is told once") {
            val server = server()
            val nats = connection(server.url)
            val permits = kotlinx.coroutines.sync.Semaphore(permits = 100_000, acquiredPermits = 100_000)
            val slow = nats.subscribe("waves", overflow = Overflow.DropNewest(messages = 10)) { permits.acquire() }
            nats.flush()
            val events = eventsOf(nats)
            repeat(5) { episode ->
                repeat(30) { nats.publish("waves") }
                nats.flush()
                events.next<NatsEvent.SlowConsumer>().sid shouldBe slow.sid
                repeat(10) { permits.release() }
                events.next<NatsEvent.MessagesDropped>().count shouldBe 20
                until { slow.pendingMessages == 0L }
                slow.droppedMessages shouldBe (episode + 1) * 20L
            }
            events.all.filterIsInstance<NatsEvent.SlowConsumer>().size shouldBe 5
            events.all.filterIsInstance<NatsEvent.MessagesDropped>().size shouldBe 5
        }
    })
