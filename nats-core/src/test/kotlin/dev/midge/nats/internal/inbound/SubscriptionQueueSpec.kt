package dev.midge.nats.internal.inbound

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.SlowConsumerException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.checkAll
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/** A queue with a record of what it told. */
private class Fixture(overflow: Overflow) : SubscriptionQueue.Listener {
    val costs = ArrayList<Long>()
    val episodes = ArrayList<Long>()
    var dropped = 0L
    var limitReached = 0
    var failed = 0
    val queue = SubscriptionQueue(7, overflow, this)

    fun offer(vararg numbers: Int, size: Int = 1) {
        for (number in numbers) {
            val payload = "$number".encodeToByteArray().copyOf(size)
            queue.offer(NatsMessage("s", null, payload, null))?.wakeNow()
        }
    }

    /** All in one read. */
    fun offerTogether(numbers: IntRange) {
        val signals = numbers.mapNotNull { queue.offer(NatsMessage("s", null, "$it".encodeToByteArray(), null)) }
        signals.forEach { it.wakeNow() }
    }

    suspend fun take(max: Int = 64): List<Int> = List(queue.take(max)) { queue.next() }.map { message ->
        queue.consumed(message)
        message.text().trimEnd('\u0000').toInt()
    }

    /** Everything up to the end. */
    suspend fun drain(): List<Int> {
        queue.close()
        val all = ArrayList<Int>()
        while (true) {
            val some = take()
            if (some.isEmpty()) return all
            all += some
        }
    }

    override fun onSlowConsumer(dropped: Long) {
        episodes += dropped
    }

    override fun onEpisodeEnd(dropped: Long) {
        costs += dropped
    }

    override fun onDropped(count: Long) {
        dropped += count
    }

    override fun onLimitReached() {
        limitReached++
    }

    override fun onFailed(cause: NatsException) {
        failed++
    }
}

class SubscriptionQueueSpec :
    FunSpec({
        test("DropNewest keeps what waits longest and counts the rest") {
            val fixture = Fixture(Overflow.DropNewest(messages = 3))
            fixture.offer(1, 2, 3, 4, 5)
            fixture.queue.droppedMessages shouldBe 2
            fixture.dropped shouldBe 2
            fixture.queue.receivedMessages shouldBe 5
            fixture.drain() shouldContainExactly listOf(1, 2, 3)
        }

        test("DropOldest keeps what came last and counts the rest") {
            val fixture = Fixture(Overflow.DropOldest(messages = 3))
            fixture.offer(1, 2, 3, 4, 5)
            fixture.queue.droppedMessages shouldBe 2
            fixture.drain() shouldContainExactly listOf(3, 4, 5)
        }

        test("Latest keeps the last message only") {
            val fixture = Fixture(Overflow.Latest)
            fixture.offer(1, 2, 3)
            fixture.take() shouldContainExactly listOf(3)
            fixture.offer(4)
            fixture.queue.droppedMessages shouldBe 2
            fixture.drain() shouldContainExactly listOf(4)
        }

        test("Latest drops nothing while the collector is at work on the only message") {
            val fixture = Fixture(Overflow.Latest)
            fixture.offer(1)
            fixture.queue.take() shouldBe 1
            fixture.offer(2, 3)
            fixture.queue.droppedMessages shouldBe 1
            fixture.queue.consumed(fixture.queue.next())
            fixture.drain() shouldContainExactly listOf(3)
        }

        test("Fail delivers what waits, then the error") {
            val fixture = Fixture(Overflow.Fail(messages = 2))
            fixture.offer(1, 2, 3, 4)
            fixture.failed shouldBe 1
            fixture.queue.isClosed shouldBe true
            fixture.take() shouldContainExactly listOf(1, 2)
            shouldThrow<SlowConsumerException> { fixture.take() }.sid shouldBe 7
        }

        test("bytes are a limit too, exact to the byte, but one message always fits an empty queue") {
            val fixture = Fixture(Overflow.DropNewest(bytes = 10))
            fixture.offer(1, size = 50)
            fixture.queue.pendingBytes shouldBe 50
            fixture.take() shouldContainExactly listOf(1)
            fixture.offer(2, 3, size = 5)
            fixture.offer(4, size = 1)
            fixture.queue.droppedMessages shouldBe 1
            fixture.queue.pendingBytes shouldBe 10
            fixture.drain() shouldContainExactly listOf(2, 3)
        }

        test("what the collector has taken but not finished still counts as pending") {
            val fixture = Fixture(Overflow.DropNewest(messages = 2))
            fixture.offer(1, 2)
            fixture.queue.take() shouldBe 2
            fixture.queue.pendingMessages shouldBe 2
            fixture.offer(3)
            fixture.queue.droppedMessages shouldBe 1
            fixture.queue.consumed(fixture.queue.next())
            fixture.queue.pendingMessages shouldBe 1
            fixture.offer(4)
            fixture.queue.droppedMessages shouldBe 1
        }

        test("what a policy does is the same for the messages of one read as for one at a time") {
            for (overflow in listOf(
                Overflow.DropNewest(3),
                Overflow.DropOldest(3),
                Overflow.Latest,
                Overflow.Fail(3),
                Overflow.Suspend(3),
            )) {
                for (limit in listOf(2L, 4L, Long.MAX_VALUE)) {
                    val single = Fixture(overflow)
                    val together = Fixture(overflow)
                    for (fixture in listOf(single, together)) fixture.queue.limitTo(limit)
                    (1..5).forEach { single.offer(it) }
                    together.offerTogether(1..5)
                    together.queue.receivedMessages shouldBe single.queue.receivedMessages
                    together.queue.droppedMessages shouldBe single.queue.droppedMessages
                    together.queue.pendingMessages shouldBe single.queue.pendingMessages
                    together.queue.pendingBytes shouldBe single.queue.pendingBytes
                    together.limitReached shouldBe single.limitReached
                    together.failed shouldBe single.failed
                    runCatching { together.drain() }.getOrNull() shouldBe runCatching { single.drain() }.getOrNull()
                }
            }
        }

        test("messages come in order, whatever number a read brings and whatever number is taken at once") {
            checkAll(Arb.list(Arb.int(0..150), 1..20), Arb.int(1..64)) { reads, max ->
                val fixture = Fixture(Overflow.DropNewest())
                var sent = 0
                val taken = ArrayList<Int>()
                for (count in reads) {
                    fixture.offerTogether(sent + 1..sent + count)
                    sent += count
                    if (taken.size < sent) taken += fixture.take(max)
                }
                taken += fixture.drain()
                taken shouldBe (1..sent).toList()
                fixture.queue.pendingBytes shouldBe 0
            }
        }

        test("an episode is told once, and again only after the queue was at most half full") {
            val fixture = Fixture(Overflow.DropNewest(messages = 4))
            fixture.offer(1, 2, 3, 4, 5, 6)
            fixture.episodes shouldContainExactly listOf(1L)
            fixture.take(max = 1)
            fixture.offer(7, 8)
            fixture.episodes shouldContainExactly listOf(1L)
            fixture.take()
            fixture.offer(9, 10, 11, 12, 13)
            fixture.episodes shouldContainExactly listOf(1L, 4L)
        }

        test("the end of an episode tells exactly what it has cost, also when the queue is closed in it") {
            val fixture = Fixture(Overflow.DropNewest(messages = 4))
            fixture.offer(1, 2, 3, 4, 5, 6, 7)
            fixture.take(max = 1)
            fixture.costs.shouldBeEmpty()
            fixture.take()
            fixture.offer(8)
            fixture.costs shouldContainExactly listOf(3L)
            fixture.offer(9, 10, 11, 12)
            fixture.queue.close()
            fixture.costs shouldContainExactly listOf(3L, 1L)
            fixture.costs.sum() shouldBe fixture.queue.droppedMessages
        }

        test("an episode ends when the collector has caught up, also if nothing more comes") {
            val fixture = Fixture(Overflow.DropNewest(messages = 4))
            fixture.offer(1, 2, 3, 4, 5)
            fixture.take() shouldContainExactly listOf(1, 2, 3, 4)
            fixture.costs.shouldBeEmpty()
            coroutineScope {
                val collector = launch(start = CoroutineStart.UNDISPATCHED) { fixture.take() }
                fixture.costs shouldContainExactly listOf(1L)
                collector.cancelAndJoin()
            }
        }

        test("a limit is exact and told once") {
            val fixture = Fixture(Overflow.DropNewest())
            fixture.queue.limitTo(3) shouldBe false
            fixture.offer(1, 2, 3, 4, 5)
            fixture.limitReached shouldBe 1
            fixture.queue.isClosed shouldBe true
            fixture.queue.receivedMessages shouldBe 3
            fixture.drain() shouldContainExactly listOf(1, 2, 3)
        }

        test("a limit that has been reached already closes at once") {
            val fixture = Fixture(Overflow.DropNewest())
            fixture.offer(1, 2, 3)
            fixture.queue.limitTo(2) shouldBe true
            fixture.offer(4)
            fixture.drain() shouldContainExactly listOf(1, 2, 3)
        }

        test("a waiting collector is woken by a message, by closing and by a failure") {
            val loss = ConnectionLostException("gone")
            for (end in listOf<(Fixture) -> Unit>({ it.offer(1) }, { it.queue.close() }, { it.queue.close(loss) })) {
                val fixture = Fixture(Overflow.DropNewest())
                coroutineScope {
                    val collector = async(start = CoroutineStart.UNDISPATCHED) { runCatching { fixture.take() } }
                    end(fixture)
                    collector.await()
                }
            }
        }

        test("a collector cancelled while it waits leaves the queue in order") {
            val fixture = Fixture(Overflow.DropNewest())
            coroutineScope { launch(start = CoroutineStart.UNDISPATCHED) { fixture.take() }.cancelAndJoin() }
            fixture.offer(1)
            fixture.take() shouldContainExactly listOf(1)
        }

        test("discarding forgets what waits and ends the collector") {
            val fixture = Fixture(Overflow.DropNewest())
            fixture.offer(1, 2)
            fixture.queue.discard()
            fixture.queue.pendingMessages shouldBe 0
            fixture.take() shouldContainExactly emptyList()
        }

        test("Suspend holds the reader until the collector has made room") {
            val fixture = Fixture(Overflow.Suspend(messages = 2))
            fixture.offer(1, 2, 3)
            fixture.queue.droppedMessages shouldBe 0
            coroutineScope {
                val reader = launch(start = CoroutineStart.UNDISPATCHED) { fixture.queue.awaitRoom() }
                reader.isActive shouldBe true
                fixture.take() shouldContainExactly listOf(1, 2, 3)
                val collector = launch(start = CoroutineStart.UNDISPATCHED) { fixture.take() }
                reader.join()
                fixture.queue.close()
                collector.join()
            }
        }

        test("closing releases a held reader") {
            val fixture = Fixture(Overflow.Suspend(messages = 1))
            fixture.offer(1, 2)
            coroutineScope {
                val reader = launch(start = CoroutineStart.UNDISPATCHED) { fixture.queue.awaitRoom() }
                fixture.queue.discard()
                reader.join()
            }
        }
    })
