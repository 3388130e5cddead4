package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NotConnectedException
import dev.midge.nats.jetstream.AlreadyAcknowledgedException
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.NotAcknowledgedException
import dev.midge.nats.jetstream.fixtures.noClient
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds

private val finals: List<suspend JetStreamMessage.() -> Unit> = listOf({ ack() }, { nak() }, { nak(5.seconds) }, { terminate("why") })

@OptIn(InternalNatsApi::class)
class AckOnceSpec :
    FunSpec({
        test("of eight coroutines that acknowledge at once, one does, in one frame") {
            repeat(500) {
                val seam = RecordingSeam()
                val message = delivered(seam)
                val begin = CyclicBarrier(8)
                val outcomes = withContext(Dispatchers.IO) {
                    List(8) { number ->
                        async {
                            begin.await()
                            runCatching { finals[number % finals.size](message) }
                        }
                    }.awaitAll()
                }
                outcomes.count { it.isSuccess } shouldBe 1
                outcomes.count { it.exceptionOrNull() is AlreadyAcknowledgedException } shouldBe 7
                seam.replies.size shouldBe 1
            }
        }

        test("of two that meet at the very moment, one does") {
            val seam = RecordingSeam()
            val messages = List(3_000) { delivered(seam) }
            val arrived = AtomicInteger()
            withContext(Dispatchers.IO) {
                repeat(2) {
                    launch {
                        messages.forEachIndexed { round, message ->
                            arrived.incrementAndGet()
                            while (arrived.get() < 2 * (round + 1)) Thread.onSpinWait()
                            runCatching { message.ack() }
                        }
                    }
                }
            }
            seam.replies.size shouldBe messages.size
        }

        test("each kind has its body") {
            val seam = RecordingSeam()
            finals.forEach { it(delivered(seam)) }
            delivered(seam).inProgress()
            // This seam does not know its server: a reason might not be understood.
            seam.replies.toList() shouldContainExactly listOf("+ACK", "-NAK", "-NAK {\"delay\":5000000000}", "+TERM", "+WPI")
        }

        test("progress is told as often as one likes, and not after the end") {
            val seam = RecordingSeam()
            val message = delivered(seam)
            repeat(3) { message.inProgress() }
            message.ack()
            shouldThrow<AlreadyAcknowledgedException> { message.inProgress() }
            seam.replies.size shouldBe 4
        }

        test("one that was not sent may be said again") {
            var isConnected = false
            val seam = RecordingSeam(hasRoom = false) { if (!isConnected) throw NotConnectedException("not now") }
            val message = delivered(seam)
            shouldThrow<NotConnectedException> { message.ack() }
            message.isAcknowledged shouldBe false
            isConnected = true
            message.ack()
            seam.replies.toList() shouldContainExactly listOf("+ACK")
        }

        test("one that was cancelled while it waited for room may be said again") {
            val waits = CompletableDeferred<Unit>()
            val never = CompletableDeferred<Unit>()
            val seam = RecordingSeam(hasRoom = false) {
                waits.complete(Unit)
                never.await()
            }
            val message = delivered(seam)
            val job = launch { message.ack() }
            waits.await()
            job.cancelAndJoin()
            message.isAcknowledged shouldBe false
        }

        test("a message of an ordered consumer takes none") {
            val seam = RecordingSeam()
            val message = JetStreamMessage(seam, delivered(seam).raw, noClient, takesAcks = false)
            shouldThrow<NotAcknowledgedException> { message.ack() }
            shouldThrow<NotAcknowledgedException> { message.inProgress() }
            seam.replies.size shouldBe 0
        }
    })
