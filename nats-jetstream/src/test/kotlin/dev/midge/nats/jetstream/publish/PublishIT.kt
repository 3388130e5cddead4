package dev.midge.nats.jetstream.publish

import dev.midge.nats.Headers
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamNotEnabledException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.LimitReachedException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.Rollup
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

class PublishIT :
    FunSpec({
        for (version in serverVersions) {
            onServer("a message is acknowledged with its stream and sequence, and a duplicate with the first one's", version) {
                createStream("S", "s.>")
                js.publish("s.a", bytes("1")) shouldBe PublishAck("S", 1)
                js.publish("s.a", bytes("2")) { messageId = "two" } shouldBe PublishAck("S", 2)
                js.publish("s.b", bytes("again")) { messageId = "two" } shouldBe PublishAck("S", 2, isDuplicate = true)
                js.publishAsync("s.a", bytes("3")).await() shouldBe PublishAck("S", 3)
                storedAll("S") shouldContainExactly listOf("1", "2", "3")
                nats.stats().pendingRequests shouldBe 0
            }

            onServer("expectations that hold are stored, and those that do not are one typed failure", version) {
                createStream("S", "s.>")
                js.publish("s.a", bytes(1)) {
                    expectStream = "S"
                    expectLastSequence = 0
                    messageId = "one"
                }
                js.publish("s.b", bytes(2)) { expectLastMessageId = "one" }
                js.publish("s.a", bytes(3)) { expectLastSubjectSequence = 1 }
                js.publish("s.c", bytes(4)) { expectLastSubjectSequence = 0 }
                shouldThrow<WrongLastException> { js.publish("s.a", bytes(5)) { expectLastSequence = 3 } }.actual shouldBe 4
                shouldThrow<WrongLastException> { js.publish("s.a", bytes(5)) { expectLastSubjectSequence = 1 } }.actual shouldBe 3
                shouldThrow<WrongLastException> { js.publish("s.a", bytes(5)) { expectLastMessageId = "x" } }
                shouldThrow<JetStreamApiException> { js.publish("s.a", bytes(5)) { expectStream = "T" } }.errorCode shouldBe 10_060
                count("S") shouldBe 4
                js.publishAsync("s.a", bytes(5)) { expectLastSequence = 3 }.let { shouldThrow<WrongLastException> { it.await() } }
            }

            onServer("where no stream takes a subject, that is known after the retries", version) {
                val begin = measureTime {
                    val failure = shouldThrow<NoStreamException> { js.publish("nobody", bytes(1)) }
                    failure.subject shouldBe "nobody"
                    failure.attempts shouldBe 3
                }
                begin shouldBeGreaterThanOrEqualTo 500.milliseconds
                begin shouldBeLessThan 5.seconds
                shouldThrow<NoStreamException> { js.publish("nobody", bytes(1)) { retries = 0 } }.attempts shouldBe 1
                // A retry that would come after the deadline is none.
                shouldThrow<NoStreamException> { js.publish("nobody", bytes(1)) { timeout = 200.milliseconds } }.attempts shouldBe 1
                shouldThrow<NoStreamException> { js.publishAsync("nobody", bytes(1)).await() }.attempts shouldBe 3
            }

            onServer("a stream that comes meanwhile takes the message that is sent again", version) {
                coroutineScope {
                    val waiting = async { js.publish("s.a", bytes(1)) { retries = 1_000 } }
                    val later = js.publishAsync("s.a", bytes(1), PublishOptions { retries = 1_000 })
                    createStream("S", "s.>")
                    setOf(waiting.await().sequence, later.await().sequence) shouldBe setOf(1L, 2L)
                }
            }

            onServer("a stream that never acknowledges is a typed timeout", version) {
                createStream("S", "s.>", ""","no_ack":true""")
                val failure = shouldThrow<JetStreamTimeoutException> { js.publish("s.a", bytes(1)) { timeout = 300.milliseconds } }
                failure.subject shouldBe "s.a"
                failure.timeout shouldBe 300.milliseconds
                shouldThrow<JetStreamTimeoutException> { js.publishAsync("s.a", bytes(1)) { timeout = 300.milliseconds }.await() }
                nats.stats().pendingRequests shouldBe 0
            }

            onServer("a full stream, and a message that is too large, are typed", version) {
                createStream("S", "s.>", ""","max_msgs":1,"discard":"new","max_msg_size":200""")
                shouldThrow<LimitReachedException> { js.publish("s.a", ByteArray(201)) }
                shouldThrow<PayloadTooLargeException> { js.publish("s.a", ByteArray(2 * 1024 * 1024)) }
                js.publish("s.a", bytes(1))
                shouldThrow<LimitReachedException> { js.publish("s.a", bytes(2)) }.errorCode shouldBe 10_077
            }

            onServer("a rollup replaces what came before", version) {
                createStream("S", "s.>", ""","allow_rollup_hdrs":true""")
                repeat(3) { js.publish("s.a", bytes(it)) }
                js.publish("s.b", bytes("b"))
                js.publish("s.a", bytes("all of a")) { rollup = Rollup.SUBJECT }.sequence shouldBe 5
                count("S") shouldBe 2
                js.publish("s.c", bytes("all")) { rollup = Rollup.ALL }
                count("S") shouldBe 1
            }

            onServer("without JetStream a publish finds no stream, and what has to ask the API says why", version, hasJetStream = false) {
                shouldThrow<NoStreamException> { js.publish("s.a", bytes(1)) { retries = 0 } }
                shouldThrow<JetStreamNotEnabledException> { js.publish("s.a", bytes(1)) { timeToLive = 5.seconds } }
            }

            onServer("cancelling a publish leaves nothing behind", version) {
                createStream("S", "s.>", ""","no_ack":true""")
                val small = jetStream { publishWindow = 1 }
                coroutineScope {
                    val open = launch(start = CoroutineStart.UNDISPATCHED) { small.publish("s.a", bytes(1)) }
                    nats.awaitPending(1)
                    val waits = launch(start = CoroutineStart.UNDISPATCHED) { small.publish("s.a", bytes(2)) }
                    waits.cancel()
                    open.cancel()
                }
                nats.stats().pendingRequests shouldBe 0
                createStream("T", "t.>")
                small.publish("t.a", bytes(1)).sequence shouldBe 1
            }
        }

        for (version in serverVersions.dropLast(1)) {
            onServer("what the server would store as something else is refused before it is sent", version) {
                createStream("S", "s.>")
                for (options in listOf(
                    PublishOptions { timeToLive = 5.seconds },
                    PublishOptions { timeToLive = Duration.INFINITE },
                    PublishOptions { expectLastSubjectSequence(0, "s.b") },
                    PublishOptions { headers = Headers.of("Nats-TTL" to "5") },
                )) {
                    shouldThrow<FeatureNotSupportedException> { js.publish("s.a", bytes(1), options) }
                    shouldThrow<FeatureNotSupportedException> { js.publishAsync("s.a", bytes(1), options) }
                }
                shouldThrow<FeatureNotSupportedException> { js.increment("s.a", 5) }.neededVersion shouldBe "2.12"
                count("S") shouldBe 0
            }
        }

        val newest = serverVersions.last()

        onServer("a time to live needs a stream that allows it, and is not sent to another one", newest) {
            createStream("S", "s.>")
            createStream("T", "t.>", ""","allow_msg_ttl":true,"max_age":1000000000""")
            val refused = shouldThrow<FeatureNotEnabledException> { js.publish("s.a", bytes(1)) { timeToLive = 5.seconds } }
            refused.stream shouldBe "S"
            refused.setting shouldBe "allow_msg_ttl"
            count("S") shouldBe 0
            js.publish("t.a", bytes("short")) { timeToLive = 1.seconds }.stream shouldBe "T"
            js.publish("t.b", bytes("for ever")) { timeToLive = Duration.INFINITE }.stream shouldBe "T"
            until { count("T") == 1L }
            stored("T", 2) shouldBe "for ever"
            shouldThrow<NoStreamException> { js.publish("nobody", bytes(1)) { timeToLive = 5.seconds } }
            // Once it is allowed it is found out.
            val allowing = json("""{"name":"S","subjects":["s.>"],"storage":"file","allow_msg_ttl":true}""")
            js.channel.request("STREAM", "UPDATE", "S", body = allowing)
            js.publish("s.a", bytes(1)) { timeToLive = 5.seconds }.stream shouldBe "S"
        }

        onServer("the last sequence of another subject can be expected", newest) {
            createStream("S", "s.>")
            js.publish("s.a", bytes(1))
            js.publish("s.b", bytes(2))
            js.publish("s.c", bytes(3)) { expectLastSubjectSequence(2, "s.*") }.sequence shouldBe 3
            shouldThrow<WrongLastException> { js.publish("s.c", bytes(4)) { expectLastSubjectSequence(2, "s.*") } }
        }

        onServer("counters add up, in both directions and beyond a Long", newest) {
            createStream("C", "c.>", ""","allow_msg_counter":true""")
            js.increment("c.a", 5).value shouldBe 5.toBigInteger()
            js.increment("c.a", -7).value shouldBe (-2).toBigInteger()
            val much = "123456789012345678901234567890".toBigInteger()
            js.increment(Subject("c.a"), much).value shouldBe much - 2.toBigInteger()
            createStream("S", "s.>")
            shouldThrow<FeatureNotEnabledException> { js.increment("s.a") }.setting shouldBe "allow_msg_counter"
        }
    })
