package dev.midge.nats.jetstream.publish

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

private const val ATOMIC = ""","allow_atomic":true"""

class PublishAtomicallyIT :
    FunSpec({
        for (version in serverVersions.dropLast(1)) {
            onServer("a batch is refused before anything is sent", version) {
                createStream("S", "s.>")
                val failure = shouldThrow<FeatureNotSupportedException> { js.publishAtomically { publish("s.a", bytes(1)) } }
                failure.neededVersion shouldBe "2.12"
                count("S") shouldBe 0
            }
        }

        val version = serverVersions.last()

        onServer("a batch is stored in a row, and acknowledged as one", version) {
            createStream("S", "s.>", ATOMIC)
            js.publish("s.a", bytes("before"))
            val ack = js.publishAtomically {
                publish("s.a", bytes(1)) { expectLastSequence = 1 }
                publish("s.b", bytes(2)) { messageId = "two" }
                publish("s.c", bytes(3))
                size shouldBe 3
            }
            ack.sequence shouldBe 4
            ack.batchCount shouldBe 3
            ack.batchId.shouldNotBeNull()
            js.publishAtomically { publish("s.a", bytes("alone")) }.sequence shouldBe 5
            storedAll("S") shouldContainExactly listOf("before", "1", "2", "3", "alone")
            nats.stats().pendingRequests shouldBe 0
        }

        onServer("a batch has 1,000 messages at most, which is found before anything is sent", version) {
            createStream("S", "s.>", ATOMIC)
            js.publishAtomically { repeat(1_000) { publish("s.a", bytes(it)) } }.batchCount shouldBe 1_000
            shouldThrow<IllegalArgumentException> { js.publishAtomically { repeat(1_001) { publish("s.a", bytes(it)) } } }
            count("S") shouldBe 1_000
            nats.stats().pendingRequests shouldBe 0
        }

        onServer("what a stream refuses is typed, and nothing of the batch is stored", version) {
            createStream("S", "s.>", ATOMIC)
            js.publish("s.a", bytes("known")) { messageId = "known" }
            shouldThrow<WrongLastException> {
                js.publishAtomically {
                    publish("s.a", bytes(1))
                    publish("s.b", bytes(2)) { expectLastSubjectSequence = 7 }
                    publish("s.c", bytes(3))
                }
            }
            val duplicate = shouldThrow<JetStreamApiException> {
                js.publishAtomically {
                    repeat(50) { publish("s.a", bytes(it)) { if (it == 25) messageId = "known" } }
                }
            }
            duplicate.errorCode shouldBe 10_201
            count("S") shouldBe 1
            nats.stats().pendingRequests shouldBe 0
        }

        onServer("a stream that takes no batches, none at all, or two of them: nothing is sent", version) {
            createStream("S", "s.>", ATOMIC)
            createStream("T", "t.>")
            shouldThrow<FeatureNotEnabledException> { js.publishAtomically { publish("t.a", bytes(1)) } }.setting shouldBe "allow_atomic"
            shouldThrow<NoStreamException> { js.publishAtomically { publish("nobody", bytes(1)) } }
            shouldThrow<IllegalArgumentException> {
                js.publishAtomically {
                    publish("s.a", bytes(1))
                    publish("t.a", bytes(2))
                }
            }
            shouldThrow<IllegalArgumentException> { js.publishAtomically { } }
            shouldThrow<IllegalArgumentException> { js.publishAtomically(PublishOptions { messageId = "1" }) { publish("s.a", bytes(1)) } }
            shouldThrow<IllegalStateException> {
                js.publishAtomically {
                    publish("s.a", bytes(1))
                    error("changed my mind")
                }
            }
            count("S") + count("T") shouldBe 0
        }

        onServer("a batch that is cancelled, or whose link is lost before its commit, is not stored and leaves nothing behind", version) {
            createStream("S", "s.>", ATOMIC)
            js.publishAtomically { publish("s.a", bytes("known")) }
            freeze()
            coroutineScope {
                val batch = launch { js.publishAtomically { repeat(10) { publish("s.a", bytes(it)) } } }
                nats.awaitPending(1)
                batch.cancel()
                batch.join()
                nats.stats().pendingRequests shouldBe 0
                val other = async { runCatching { js.publishAtomically { repeat(10) { publish("s.a", bytes(it)) } } }.exceptionOrNull() }
                nats.awaitPending(1)
                server.kill()
                other.await().shouldBeInstanceOf<ConnectionLostException>()
            }
            server.restart()
            until { runCatching { count("S") }.isSuccess }
            count("S") shouldBe 1
            nats.stats().pendingRequests shouldBe 0
        }

        onServer("what no batch can have is refused where it is added", version) {
            shouldThrow<IllegalArgumentException> { js.publishAtomically { publish("s.a", bytes(1)) { expectLastMessageId = "1" } } }
            shouldThrow<IllegalArgumentException> {
                js.publishAtomically {
                    publish("s.a", bytes(1))
                    publish("s.a", bytes(1)) { expectLastSequence = 1 }
                }
            }
            shouldThrow<IllegalArgumentException> { js.publishAtomically { publish("s.*", bytes(1)) } }
        }
    })
