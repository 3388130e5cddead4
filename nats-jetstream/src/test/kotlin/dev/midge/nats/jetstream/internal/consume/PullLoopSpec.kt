package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.PullOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

private fun endless() = PullPlan.endless(PullOptions { heartbeat = Duration.ZERO })

private fun finite(max: Int) = PullPlan.finite(max, 5.seconds, 0, false, System.nanoTime())

@OptIn(InternalNatsApi::class)
private suspend fun PullLoop.takeSequence(): Long? =
    withTimeout(10.seconds) { (take() as NatsMessage?)?.let { it.replyTo!!.split('.')[5].toLong() } }

@OptIn(InternalNatsApi::class)
class PullLoopSpec :
    FunSpec({
        test("a pull that there was no room for is sent when there is") {
            val consumer = FakeConsumer()
            // The first as it starts; the others each after a wait for room.
            consumer.refusals.set(3)
            val loop = PullLoop(consumer.source, endless())
            loop.start()
            val taken = async(start = CoroutineStart.UNDISPATCHED) { loop.takeSequence() }
            withTimeout(10.seconds) { while (consumer.pulls.isEmpty()) yield() }
            consumer.deliver(1)
            taken.await() shouldBe 1
            consumer.roomWaits.get() shouldBe 2
        }

        test("one that is closed in order while there is no room ends") {
            val consumer = FakeConsumer()
            consumer.refusals.set(Int.MAX_VALUE)
            val loop = PullLoop(consumer.source, endless())
            loop.start()
            consumer.tell { onEnd(null) }
            loop.takeSequence().shouldBeNull()
        }

        test("being told of the link that pulls went by changes nothing, of the next one that they are lost") {
            val consumer = FakeConsumer()
            val loop = PullLoop(consumer.source, endless())
            loop.start()
            consumer.tell { onLinkReady(1) }
            consumer.pulls.size shouldBe 1
            consumer.epoch = 2
            consumer.tell { onLinkReady(2) }
            consumer.pulls.size shouldBe 2
        }

        test("a finite plan takes no more than it wants, and gives back the rest") {
            val consumer = FakeConsumer()
            val loop = PullLoop(consumer.source, finite(2))
            loop.start()
            (1L..4L).forEach { consumer.deliver(it) }
            listOf(loop.takeSequence(), loop.takeSequence(), loop.takeSequence()) shouldContainExactly listOf(1L, 2L, null)
            giveBack(consumer.source, loop.stop())
            consumer.said.toList() shouldContainExactly listOf("3 -NAK", "4 -NAK")
        }

        test("what comes while the loop is stopped is given back") {
            val consumer = FakeConsumer()
            val loop = PullLoop(consumer.source, endless())
            loop.start()
            loop.stop()
            consumer.deliver(1)
            consumer.said.toList() shouldContainExactly listOf("1 -NAK")
        }
    })
