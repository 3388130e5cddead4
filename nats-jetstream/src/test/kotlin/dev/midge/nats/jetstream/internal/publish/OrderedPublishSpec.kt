package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.internal.api.ApiChannel
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val patient = PublishOptions { resendAfterSilence = 1.seconds }

/** Publishes 0, 1, 2… with ids, [window] of them at once. */
@OptIn(InternalNatsApi::class)
private suspend fun publish(count: Int, window: Int, options: PublishOptions = patient, choose: (Subject) -> Seam): List<PublishAck> {
    val channel = ApiChannel(FakeClient(choose = choose), JetStreamOptions.builder().build())
    val messages = (0 until count).asFlow().map {
        OutgoingMessage(Subject("s.a"), "$it".encodeToByteArray(), Headers.of("Nats-Msg-Id" to "$it"))
    }
    return Publishing(channel).publishAll(messages, window, keepsOrder = true, options).toList()
}

@OptIn(InternalNatsApi::class)
class OrderedPublishSpec :
    FunSpec({
        val notNow = listOf(10_008, 10_158, 10_167).associate {
            "$it" to """{"error":{"code":503,"err_code":$it,"description":"no"},"stream":"S","seq":0}"""
        }
        for ((code, refusal) in notNow + ("503" to "")) {
            test("while a message is refused for a moment by $code, nothing is stored ahead of it") {
                runTest {
                    val stream = ScriptedStream { attempt ->
                        if (attempts.size <= 2) attempt.reply(refusal, if (refusal.isEmpty()) 503 else 0) else store(attempt)
                    }
                    publish(20, window = 5) { stream }.map { it.sequence } shouldContainExactly (1L..20L).toList()
                    stream.stored shouldContainExactly (0 until 20).map { "$it" }
                }
            }
        }

        test("an acknowledgement that is written in another way holds nothing up") {
            runTest {
                val stream = ScriptedStream { attempt ->
                    stored += attempt.text
                    attempt.reply("""{ "seq": ${stored.size}, "stream": "S" }""")
                }
                publish(20, window = 5) { stream }.map { it.sequence } shouldContainExactly (1L..20L).toList()
            }
        }

        test("a message that was refused is not sent again behind one that was not answered: that may be stored") {
            runTest {
                val stream = ScriptedStream { attempt ->
                    if (attempts.size > 2) store(attempt)
                    if (attempts.size != 2) return@ScriptedStream
                    attempts[0].noStream()
                    stored += attempts[1].text
                    attempts[1].silence()
                }
                val failure = shouldThrow<PublishAllException> { publish(2, window = 2) { stream } }
                failure.index shouldBe 0
                stream.stored shouldContainExactly listOf("1")
            }
        }

        test("nor is one that was not answered itself, where one between them was refused") {
            runTest {
                val stream = ScriptedStream { attempt ->
                    if (attempts.size > 3) store(attempt)
                    if (attempts.size != 3) return@ScriptedStream
                    stored += listOf("0", "2")
                    attempts[1].noStream()
                    attempts[0].silence()
                    attempts[2].silence()
                }
                shouldThrow<PublishAllException> { publish(3, window = 3) { stream } }.index shouldBe 0
                stream.stored shouldContainExactly listOf("0", "2")
            }
        }

        test("a message that may be stored does not end as one that is not, and gets no more time") {
            runTest {
                val stream = ScriptedStream { attempt ->
                    when {
                        attempts.size == 2 -> attempts.forEach { it.silence() }
                        attempts.size == 3 -> store(attempt)
                        attempts.size > 3 -> attempt.noStream()
                    }
                }
                val options = PublishOptions {
                    resendAfterSilence = 100.milliseconds
                    timeout = 300.milliseconds
                    retries = 0
                }
                val failure = shouldThrow<PublishAllException> { publish(2, window = 2, options) { stream } }
                failure.index shouldBe 1
                failure.cause.shouldBeInstanceOf<JetStreamTimeoutException>()
            }
        }

        test("a message that could not be sent ends it in its turn, also where the reason is one that passes") {
            runTest {
                val stream = ScriptedStream(ScriptedStream::store)
                val client = FakeClient(choose = { stream }) { """{"api":{"level":4},"streams":[]}""" }
                val messages = (0 until 5).asFlow().map {
                    val headers = if (it == 2) Headers.of("Nats-TTL" to "1h") else Headers.Empty
                    OutgoingMessage(Subject("s.a"), "$it".encodeToByteArray(), headers)
                }
                val publishing = Publishing(ApiChannel(client, JetStreamOptions.builder().build()))
                val failure = shouldThrow<PublishAllException> {
                    publishing.publishAll(messages, window = 5, keepsOrder = true, PublishOptions.Default).toList()
                }
                failure.index shouldBe 2
                failure.cause.shouldBeInstanceOf<NoStreamException>()
                stream.stored shouldContainExactly listOf("0", "1")
            }
        }

        test("messages of one subject go by one connection, whatever the pool chooses for each") {
            runTest {
                val streams = List(3) {
                    ScriptedStream { attempt -> if (attempts.size % 4 == 0) attempts.takeLast(4).forEach(::store) else attempt.text }
                }
                var next = 0
                publish(4, window = 4) { streams[next++ % 3] }.size shouldBe 4
                val (used, unused) = streams.partition { it.attempts.size > 0 }
                used.single().stored shouldContainExactly listOf("0", "1", "2", "3")
                unused.flatMap { it.attempts }.shouldBeEmpty()
            }
        }
    })
