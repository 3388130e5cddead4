package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlin.random.Random

class StreamBackupIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a stream comes back from its backup with sequences and bytes, whatever pieces it comes in", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                val payloads = (1..40).map { Random(it).nextBytes(20_000) }
                payloads.forEach { nats.request("$subject.a", it) }
                stream.deleteMessage(7)
                val parts = stream.backup().toList()
                parts.size shouldBeGreaterThan 3
                val bytes = parts.reduce(ByteArray::plus)
                stream.delete()

                val restored = js.restoreStream(bytes.toList().chunked(9_999).map { it.toByteArray() }.asFlow())
                restored.name shouldBe name
                restored.info().state.messages shouldBe 39
                restored.message(7) shouldBe null
                restored.message(40)!!.payload.contentEquals(payloads[39]) shouldBe true
            }

            jetStreamTest("a stream that is there is not overwritten by a backup", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                val backup = stream.backup().toList()
                shouldThrow<JetStreamApiException> { js.restoreStream(backup.asFlow()) }
                stream.info().config.name shouldBe name
            }

            jetStreamTest("who leaves a backup in its middle leaves nothing behind", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                repeat(20) { nats.request("$subject.a", Random(it).nextBytes(50_000)) }
                val before = nats.stats().subscriptions
                stream.backup().take(2).toList().size shouldBe 2
                nats.stats().subscriptions shouldBe before
                js.stream("${name}_none").let { shouldThrow<StreamNotFoundException> { it.backup().toList() } }
                nats.stats().subscriptions shouldBe before
            }
        }

        jetStreamTest("what is no backup is told so", "2.15.1") {
            shouldThrow<BackupException> { js.restoreStream(flowOf("hello\n".encodeToByteArray())) }
            shouldThrow<BackupException> { js.restoreStream(flowOf("{}\n".encodeToByteArray())) }
            shouldThrow<BackupException> { js.restoreStream(flowOf("{".encodeToByteArray())) }
        }
    })
