package dev.midge.nats.jetstream.publish

import dev.midge.nats.Headers
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val subject = Subject("s.a")

private fun numbers(count: Int, message: (Int) -> OutgoingMessage = { OutgoingMessage(subject, bytes(it)) }): Flow<OutgoingMessage> =
    flow { for (number in 0 until count) emit(message(number)) }

private suspend fun Flow<PublishAck>.collectTo(acks: MutableList<PublishAck>): Throwable? =
    runCatching { collect { acks += it } }.exceptionOrNull()

class PublishAllIT :
    FunSpec({
        for (version in serverVersions) {
            onServer("20,000 messages are stored in their order, and each acknowledgement is its message's", version) {
                createStream("S", "s.>")
                val acks = js.publishAll(numbers(20_000), window = 512).toList()
                acks.map { it.sequence } shouldContainExactly (1L..20_000L).toList()
                for (number in 0 until 20_000 step 997) stored("S", number + 1L) shouldBe "$number"
                nats.stats().pendingRequests shouldBe 0
            }

            onServer("messages that are refused for a moment, all that are under way, are stored in their order", version) {
                val acks = ArrayList<PublishAck>()
                coroutineScope {
                    val all = js.publishAll(numbers(300), window = 100, options = PublishOptions { retries = 1_000 })
                    val collecting = async { all.collectTo(acks) }
                    // The server has answered what was sent, and the sender has stopped.
                    until { nats.stats().sentMessages > 0 }
                    nats.flush()
                    until { nats.stats().pendingRequests <= 1 }
                    createStream("S", "s.>")
                    collecting.await() shouldBe null
                }
                acks.map { it.sequence } shouldContainExactly (1L..300L).toList()
                storedAll("S") shouldContainExactly (0 until 300).map { "$it" }
            }

            onServer("where one is refused and those behind it were stored, it ends the acknowledgements, by its index", version) {
                createStream("S", "s.>")
                val messages = numbers(2_000) { OutgoingMessage(if (it == 100) Subject("nobody") else subject, bytes(it)) }
                val acks = ArrayList<PublishAck>()
                val failure = js.publishAll(messages, window = 200).collectTo(acks)
                failure.shouldBeInstanceOf<PublishAllException>().index shouldBe 100
                // Not sent again: it would be stored behind them.
                failure.cause.shouldBeInstanceOf<NoStreamException>().attempts shouldBe 1
                acks.map { it.sequence } shouldContainExactly (1L..100L).toList()
                count("S") shouldBeLessThanOrEqualTo 300
            }

            onServer("without the order it is sent again alone, and the others go on", version) {
                createStream("S", "s.>")
                val messages = numbers(1_000) { OutgoingMessage(if (it == 100) Subject("t.a") else subject, bytes(it)) }
                val acks = ArrayList<PublishAck>()
                coroutineScope {
                    val all = js.publishAll(messages, 2_000, keepOrder = false, options = PublishOptions { retries = 1_000 })
                    val collecting = async { all.collectTo(acks) }
                    until { count("S") == 999L }
                    createStream("T", "t.>")
                    collecting.await() shouldBe null
                }
                acks.size shouldBe 1_000
                acks[100] shouldBe PublishAck("T", 1)
                acks.filter { it.stream == "S" }.map { it.sequence } shouldContainExactly (1L..999L).toList()
            }

            onServer("the first failure ends it with the index of its message, after the acknowledgements of all before", version) {
                createStream("S", "s.>")
                val wrong = Headers.of("Nats-Expected-Last-Sequence" to "7000")
                val messages = numbers(500) { OutgoingMessage(subject, bytes(it), if (it == 50) wrong else Headers.Empty) }
                val acks = ArrayList<PublishAck>()
                val failure = js.publishAll(messages, window = 100).collectTo(acks)
                failure.shouldBeInstanceOf<PublishAllException>().index shouldBe 50
                failure.cause.shouldBeInstanceOf<WrongLastException>()
                acks.size shouldBe 50
                nats.stats().pendingRequests shouldBe 0
            }

            onServer("what cannot be sent ends it in its turn, and nothing is sent behind it", version) {
                createStream("S", "s.>")
                val tooLarge = OutgoingMessage(subject, ByteArray(2 * 1024 * 1024))
                val withReply = OutgoingMessage(subject, bytes(1), replyTo = subject)
                for (bad in listOf(tooLarge, withReply)) {
                    val before = count("S")
                    val acks = ArrayList<PublishAck>()
                    val messages = numbers(100) { if (it == 30) bad else OutgoingMessage(subject, bytes(it)) }
                    val failure = js.publishAll(messages, 10).collectTo(acks)
                    failure.shouldBeInstanceOf<PublishAllException>().index shouldBe 30
                    acks.size shouldBe 30
                    count("S") shouldBe before + 30
                }
            }

            onServer("a slow collector holds the messages back", version) {
                createStream("S", "s.>")
                val produced = AtomicInteger()
                var collected = 0
                var most = 0
                js.publishAll(numbers(1_000) { OutgoingMessage(subject, bytes(produced.incrementAndGet())) }, window = 10).collect {
                    if (collected == 0) until { count("S") >= 11 }
                    most = maxOf(most, produced.get() - collected)
                    collected++
                }
                collected shouldBe 1_000
                // The window, the one that is being emitted, and the one that waits for its slot.
                most shouldBeLessThanOrEqualTo 12
            }

            onServer("what the messages' own Flow throws comes after the acknowledgements of what it had emitted", version) {
                createStream("S", "s.>")
                val acks = ArrayList<PublishAck>()
                val messages = flow {
                    repeat(25) { emit(OutgoingMessage(subject, bytes(it))) }
                    error("no more")
                }
                js.publishAll(messages).collectTo(acks).shouldBeInstanceOf<IllegalStateException>().message shouldBe "no more"
                acks.size shouldBe 25
            }

            onServer("a collector that has enough, or is cancelled, leaves nothing behind", version) {
                createStream("S", "s.>")
                val few = js.publishAll(numbers(10_000), window = 100).take(5).toList()
                few.map { it.sequence } shouldContainExactly listOf(1L, 2L, 3L, 4L, 5L)
                nats.stats().pendingRequests shouldBe 0
                createStream("N", "n.>", ""","no_ack":true""")
                coroutineScope {
                    val messages = numbers(100) { OutgoingMessage(Subject("n.a"), bytes(it)) }
                    val silent = launch { js.publishAll(messages, window = 10).collect() }
                    nats.awaitPending(10)
                    silent.cancel()
                }
                nats.stats().pendingRequests shouldBe 0
            }

            onServer("a server that is killed in the middle ends it typed, and every acknowledgement was true", version) {
                createStream("S", "s.>")
                val acks = ArrayList<PublishAck>()
                val messages = numbers(1_000_000) {
                    if (it == 5_000) server.kill()
                    OutgoingMessage(subject, bytes(it))
                }
                val failure = js.publishAll(messages, window = 100).collectTo(acks)
                failure.shouldBeInstanceOf<PublishAllException>().index shouldBe acks.size.toLong()
                // The first one without an acknowledgement was on its way; or it waits for a link, until its time is over.
                val cause = failure.cause
                if (cause !is JetStreamTimeoutException) cause.shouldBeInstanceOf<PublishUnconfirmedException>()
                acks.map { it.sequence } shouldContainExactly (1L..acks.size).toList()
            }

            onServer("messages with ids are sent again after the server was killed, and each is stored once", version) {
                createStream("S", "s.>")
                val messages = numbers(5_000) {
                    if (it == 2_000) {
                        server.kill()
                        server.restart()
                    }
                    OutgoingMessage(subject, bytes(it), Headers.of("Nats-Msg-Id" to "$it"))
                }
                val again = PublishOptions {
                    resendAfterReconnect = true
                    timeout = 30.seconds
                }
                val acks = js.publishAll(messages, window = 100, keepOrder = false, options = again).toList()
                acks.size shouldBe 5_000
                acks.map { it.sequence }.distinct().size shouldBe 5_000
                count("S") shouldBe 5_000
            }
        }

        onServer("arguments that make no sense are refused at once", serverVersions.last()) {
            shouldThrow<IllegalArgumentException> { js.publishAll(numbers(1), window = 0) }
            shouldThrow<IllegalArgumentException> { js.publishAll(numbers(1), options = PublishOptions { messageId = "1" }) }
            shouldThrow<IllegalArgumentException> { js.publishAll(numbers(1), options = PublishOptions { resendAfterReconnect = true }) }
            val short = PublishOptions { timeout = 100.milliseconds }
            shouldThrow<PublishAllException> { js.publishAll(numbers(1), options = short).collect() }
        }
    })
