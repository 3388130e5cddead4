package dev.midge.nats.jetstream.publish

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.Headers
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.IngestException
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.seconds

private const val BATCHED = ""","allow_batched":true"""

class IngestIT :
    FunSpec({
        for (version in serverVersions.dropLast(1)) {
            onServer("an ingestion is refused before anything is sent", version) {
                createStream("S", "s.>")
                shouldThrow<FeatureNotSupportedException> { js.ingest { publish("s.a", bytes(1)) } }.neededVersion shouldBe "2.14"
                count("S") shouldBe 0
            }
        }

        val version = serverVersions.last()

        for (every in listOf(1, 2, 100, 1_000)) {
            onServer("10,000 messages are ingested in their order, with an acknowledgement of $every", version) {
                createStream("S", "s.>", BATCHED)
                val before = nats.stats().subscriptions
                val ack = js.ingest(every) {
                    repeat(10_000) { publish("s.a", bytes(it)) }
                    sent shouldBe 10_000
                    acknowledged shouldBeGreaterThanOrEqualTo 10_000L - 2 * every
                }
                ack.batchCount shouldBe 10_000
                ack.sequence shouldBe 10_000
                count("S") shouldBe 10_000
                for (number in 0 until 10_000 step 997) stored("S", number + 1L) shouldBe "$number"
                nats.stats().subscriptions shouldBe before
            }
        }

        onServer("a single message, and one that the stream has already, are ingested too", version) {
            createStream("S", "s.>", BATCHED)
            js.ingest { publish("s.a", bytes(1), Headers.of("Nats-Msg-Id" to "1")) }.batchCount shouldBe 1
            js.ingest {
                publish("s.a", bytes(1), Headers.of("Nats-Msg-Id" to "1"))
                publish("s.a", bytes(2))
            }.batchCount shouldBe 2
            count("S") shouldBe 2
        }

        onServer("a message that the stream refuses ends it, and says how much is stored", version) {
            createStream("S", "s.>", BATCHED)
            val wrong = Headers.of("Nats-Expected-Last-Sequence" to "7000")
            for (bad in listOf(0, 1, 700)) {
                val before = count("S")
                val failure = shouldThrow<IngestException> {
                    js.ingest { repeat(1_000) { publish("s.a", bytes(it), if (it == bad) wrong else Headers.Empty) } }
                }
                failure.cause.shouldBeInstanceOf<WrongLastException>()
                failure.acknowledged shouldBeLessThanOrEqualTo bad.toLong()
                count("S") - before shouldBe bad
            }
        }

        onServer("a server that is killed ends it, and what it said to be stored is stored", version) {
            createStream("S", "s.>", BATCHED)
            val failure = shouldThrow<IngestException> {
                js.ingest {
                    repeat(1_000_000) {
                        if (it == 5_000) server.kill()
                        publish("s.a", bytes(it))
                    }
                }
            }
            failure.cause.shouldBeInstanceOf<ConnectionLostException>()
            server.restart()
            until { runCatching { count("S") }.isSuccess }
            count("S") shouldBeGreaterThanOrEqualTo failure.acknowledged
        }

        onServer("streams that do not allow it, or not this subject, and what the block throws", version) {
            createStream("S", "s.>", BATCHED)
            createStream("T", "t.>")
            val before = nats.stats().subscriptions
            shouldThrow<FeatureNotEnabledException> { js.ingest { publish("t.a", bytes(1)) } }.setting shouldBe "allow_batched"
            shouldThrow<IllegalArgumentException> {
                js.ingest {
                    publish("s.a", bytes(1))
                    publish("t.a", bytes(1))
                }
            }
            shouldThrow<IllegalStateException> { js.ingest { } }
            shouldThrow<NumberFormatException> {
                js.ingest {
                    publish("s.a", bytes(1))
                    "x".toInt()
                }
            }
            shouldThrow<IllegalArgumentException> { js.ingest(0) { } }
            count("T") shouldBe 0
            nats.stats().subscriptions shouldBe before
        }

        onServer("an ingestion lives on while nothing is published, for longer than the server bears silence", version) {
            createStream("S", "s.>", BATCHED)
            val ack = js.ingest {
                publish("s.a", bytes(1))
                // The server's own limit of 10 s has to pass.
                delay(11.seconds)
                publish("s.a", bytes(2))
            }
            ack.batchCount shouldBe 2
        }
    })
