package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlin.random.Random

private const val MESSAGES = 300_000
private const val PER_READ = 50

internal object Silent : SubscriptionQueue.Listener {
    override fun onSlowConsumer(dropped: Long) = Unit

    override fun onEpisodeEnd(dropped: Long) = Unit

    override fun onDropped(count: Long) = Unit

    override fun onLimitReached() = Unit

    override fun onFailed(cause: NatsException) = Unit
}

/** Collects to the end, now and then slowly; returns how many messages came and checks that they came in order. */
private suspend fun SubscriptionQueue.collectAll(): Long {
    val random = Random(1)
    var last = -1
    var count = 0L
    while (true) {
        val taken = take()
        if (taken == 0) return count
        repeat(taken) {
            val message = next()
            val number = message.text().toInt()
            (number > last) shouldBe true
            last = number
            consumed(message)
            if (random.nextInt(1_000) == 0) repeat(random.nextInt(20_000)) { Thread.onSpinWait() }
        }
        count += taken
    }
}

class SubscriptionQueueStressSpec :
    FunSpec({
        context("delivered and dropped add up to what was sent, in order, and the collector never misses its wake-up") {
            withTests(
                nameFn = { it.toString() },
                Overflow.DropNewest(),
                Overflow.DropNewest(messages = 100),
                Overflow.DropOldest(messages = 100),
                Overflow.Latest,
                Overflow.Suspend(messages = 100),
                Overflow.DropNewest(messages = 1_000, bytes = 500),
            ) { overflow ->
                withContext(Dispatchers.Default) {
                    val queue = SubscriptionQueue(1, overflow, Silent)
                    val collected = async { queue.collectAll() }
                    var signal: Signal? = null
                    for (number in 0 until MESSAGES) {
                        val payload = "$number".encodeToByteArray()
                        queue.offer(NatsMessage("s", null, payload, null))?.let { signal = it }
                        // As the reader does: one wake-up for all messages of a read.
                        if (number % PER_READ == PER_READ - 1) {
                            signal?.wakeNow()
                            signal?.awaitRoom()
                            signal = null
                        }
                    }
                    signal?.wakeNow()
                    queue.close()
                    collected.await() + queue.droppedMessages shouldBe MESSAGES.toLong()
                    queue.receivedMessages shouldBe MESSAGES.toLong()
                    if (overflow is Overflow.Suspend) queue.droppedMessages shouldBe 0
                    queue.pendingMessages shouldBe 0
                    queue.pendingBytes shouldBe 0
                }
            }
        }
    })
