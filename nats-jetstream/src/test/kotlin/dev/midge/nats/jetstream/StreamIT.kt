package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.SharedServers
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

private suspend fun JetStreamScope.stream(configure: StreamConfigBuilder.() -> Unit = {}): NatsStream = js.createStream(name) {
    subjects("$subject.>")
    configure()
}

private suspend fun JetStreamScope.store(vararg texts: String, token: String = "a", headers: Headers = Headers.Empty) =
    texts.forEach { nats.request("$subject.$token", it.encodeToByteArray(), headers) }

private fun String.isBefore(other: String) = this == "2.9.10" || (this == "2.10.27" && other != "2.10")

class StreamIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a stream is made, described, changed and deleted", version) {
                val stream = stream {
                    maxAge = 1.hours
                    description = "orders"
                }
                stream.info().config.maxAge shouldBe 1.hours
                stream.info().config.subjects shouldContainExactly listOf("$subject.>")
                store("1", "2")
                stream.info().state.messages shouldBe 2
                stream.update { maxMessages = 5 }.config.maxMessages shouldBe 5
                stream.info().config.description shouldBe "orders"
                stream.delete()
                shouldThrow<StreamNotFoundException> { stream.info() }.apply {
                    this.stream shouldBe name
                    errorCode shouldBe ApiErrorCodes.STREAM_NOT_FOUND
                }
            }

            jetStreamTest("the same stream may be made twice, another one of its name may not", version) {
                stream()
                stream()
                shouldThrow<StreamExistsException> { stream { maxMessages = 1 } }
                js.createOrUpdateStream(name) { maxMessages = 1 }.info().config.subjects shouldContainExactly listOf("$subject.>")
                js.createOrUpdateStream("${name}_new") { subjects("$subject-new") }.info().config.name shouldBe "${name}_new"
            }

            jetStreamTest("streams are listed, all or by what they store", version) {
                stream()
                js.createStream("${name}_other") { subjects("$subject-other") }
                js.streamNames().toList() shouldContainAll listOf(name, "${name}_other")
                js.streamNames("$subject.x").toList() shouldContainExactly listOf(name)
                js.streams("$subject.x").toList().single().config.name shouldBe name
                js.streamNames("$subject-nobody").toList() shouldHaveSize 0
            }

            for (direct in listOf(true, false)) {
                jetStreamTest(
                    "messages are read by sequence, subject and order, ${if (direct) "from any replica" else "from the leader"}",
                    version,
                ) {
                    val stream = stream { allowDirect = direct }
                    store("1", "2", headers = Headers.of("X", "1"))
                    store("3", token = "b")
                    stream.message(2).shouldNotBeNull().apply {
                        text() shouldBe "2"
                        this.subject shouldBe "${this@jetStreamTest.subject}.a"
                        sequence shouldBe 2
                        headers shouldBe Headers.of("X", "1")
                    }
                    stream.message(4).shouldBeNull()
                    stream.lastMessage("$subject.*").shouldNotBeNull().text() shouldBe "3"
                    stream.lastMessage("$subject.a", consistent = true).shouldNotBeNull().text() shouldBe "2"
                    stream.lastMessage("$subject.none").shouldBeNull()
                    stream.nextMessage("$subject.b", from = 1).shouldNotBeNull().sequence shouldBe 3
                    stream.messages().toList().map { it.text() } shouldContainExactly listOf("1", "2", "3")
                    stream.messages(from = 2, subject = "$subject.a").toList().map { it.text() } shouldContainExactly listOf("2")
                    stream.messages(from = 4).toList() shouldHaveSize 0
                    stream.lastMessages(listOf("$subject.b", "$subject.a", "$subject.none")).toList().map { it.text() } shouldContainExactly
                        listOf("2", "3")
                }
            }

            jetStreamTest("what is missing is null or a typed failure", version) {
                val stream = js.stream("${name}_none")
                shouldThrow<StreamNotFoundException> { stream.message(1) }
                shouldThrow<StreamNotFoundException> { stream.messages().toList() }
                shouldThrow<StreamNotFoundException> { stream.purge() }
                val empty = stream()
                empty.messages().toList() shouldHaveSize 0
                shouldThrow<JetStreamApiException> { empty.deleteMessage(1) }
            }

            jetStreamTest("messages are deleted and purged, and subjects counted", version) {
                val stream = stream { allowDirect = true }
                store("1", "2", "3", "4")
                store("5", "6", token = "b")
                stream.subjects().toList().map { it.toString() }.sorted() shouldContainExactly listOf("$subject.a: 4", "$subject.b: 2")
                stream.deleteMessage(2)
                stream.infoWithDeleted().state.deleted shouldContainExactly listOf(2L)
                stream.deleteMessage(3, overwrite = true)
                stream.purge { before(2) } shouldBe 1
                stream.purge {
                    subject("$subject.b")
                    keep(1)
                } shouldBe 1
                stream.messages().toList().map { it.text() } shouldContainExactly listOf("4", "6")
                stream.purge() shouldBe 2
                stream.info().state.firstSequence shouldBe 7
            }

            jetStreamTest("a sealed stream takes nothing and loses nothing", version) {
                val stream = stream {
                    maxAge = 1.hours
                    allowRollup = true
                }
                store("1")
                stream.seal().config.sealed shouldBe true
                shouldThrow<JetStreamApiException> { stream.purge() }
            }

            jetStreamTest("what an old server would drop is refused, what a new one has is kept", version) {
                val settings = listOf<Pair<String, StreamConfigBuilder.() -> Unit>>(
                    "2.10" to { compression = Compression.S2 },
                    "2.10" to { metadata = mapOf("team" to "a") },
                    "2.10" to { subjectTransform = SubjectTransform("$subject.a", "$subject.b") },
                    "2.11" to { allowMessageTtl = true },
                    "2.12" to { allowAtomicPublish = true },
                    "2.14" to { allowFastIngest = true },
                )
                for ((since, configure) in settings) {
                    if (version.isBefore(since)) {
                        shouldThrow<FeatureNotSupportedException> { stream(configure) }.neededVersion shouldBe since
                        js.streamNames("$subject.x").toList() shouldHaveSize 0
                    } else {
                        stream(configure).delete()
                    }
                }
            }

            jetStreamTest("reading goes on by the leader when the replicas may not answer any more", version, options = {
                timeout =
                    1.seconds
            }) {
                val stream = stream { allowDirect = true }
                store("1", "2")
                stream.messages().toList() shouldHaveSize 2
                js.stream(name).update { allowDirect = false }
                stream.messages().toList() shouldHaveSize 2
                stream.lastMessage("$subject.a").shouldNotBeNull().text() shouldBe "2"
            }

            jetStreamTest("a mirror and a source say how far behind they are", version) {
                stream()
                store("1", "2")
                val mirror = js.createStream("${name}_mirror") { mirror = StreamSource(name) }
                val sourced = js.createStream("${name}_sourced") { sources(StreamSource(name) { filterSubject("$subject.>") }) }
                while (mirror.info().state.messages < 2 || sourced.info().state.messages < 2) Thread.onSpinWait()
                mirror.info().mirror.shouldNotBeNull().name shouldBe name
                sourced.info().sources.single().name shouldBe name
                mirror.update { description = "copy" }.config.mirror.shouldNotBeNull().name shouldBe name
            }

            jetStreamTest("the account says what is used", version) {
                stream()
                val account = js.accountInfo()
                (account.total.streams >= 1) shouldBe true
                account.total.maxStreams shouldBe -1
                account.apiLevel shouldBe if (version == "2.15.1") 5 else 0
            }

            jetStreamTest("a domain that nobody has is told at once", version, options = { domain = "nowhere" }) {
                shouldThrow<JetStreamNotEnabledException> { js.accountInfo() }.message shouldContain "domain"
            }

            test("a server without JetStream is told at once, nats-server $version") {
                NatsServerProcess.start { this.version = version }.use { server ->
                    val nats = NatsConnection(server.url)
                    shouldThrow<JetStreamNotEnabledException> { nats.jetStream().createStream("S") }
                    nats.close()
                }
            }

            jetStreamTest("a thousand messages and more come by pages, and a collector may leave in the middle", version) {
                val stream = stream { allowDirect = true }
                val numbers = (1..2_500).toList()
                nats.publishBatch { numbers.forEach { publish("$subject.a", "$it".encodeToByteArray()) } }
                while (stream.info().state.messages < numbers.size) Thread.onSpinWait()
                stream.messages().toList().map { it.text().toInt() } shouldBe numbers
                stream.messages().take(3).toList() shouldHaveSize 3
                stream.messages(from = 2_400).filter { it.sequence % 50 == 0L }.toList().map { it.sequence } shouldContainExactly
                    listOf(2_400L, 2_450L, 2_500L)
            }
        }

        jetStreamTest("a wildcard has its last messages by one request, 2.11 and newer", "2.15.1") {
            val stream = stream { allowDirect = true }
            store("1", "2")
            store("3", token = "b")
            stream.lastMessages(listOf("$subject.*")).toList().map { it.text() } shouldContainExactly listOf("2", "3")
        }

        test("no page has a hole, whatever the client's default for slow collectors is") {
            SharedServers.of("2.15.1").let { server ->
                val nats = NatsConnection(server.url) { overflow = Overflow.Latest }
                val stream = nats.jetStream().createStream("LATEST") {
                    subjects("latest.>")
                    allowDirect = true
                }
                nats.publishBatch { repeat(1_500) { publish("latest.a", "$it".encodeToByteArray()) } }
                while (stream.info().state.messages < 1_500) Thread.onSpinWait()
                stream.messages().toList() shouldHaveSize 1_500
                nats.close()
            }
        }

        jetStreamTest("what a collector throws ends the reading, whatever it is", "2.15.1") {
            val stream = stream { allowDirect = true }
            store("1", "2")
            val own = JetStreamTimeoutException("elsewhere", null, null, 1.seconds, null)
            val seen = ArrayList<Long>()
            shouldThrow<JetStreamTimeoutException> {
                stream.messages().collect {
                    seen += it.sequence
                    throw own
                }
            }.subject shouldBe "elsewhere"
            seen shouldContainExactly listOf(1L)
        }

        jetStreamTest("a wildcard is refused where the server cannot read its last messages", "2.10.27") {
            val stream = stream { allowDirect = true }
            shouldThrow<FeatureNotSupportedException> { stream.lastMessages(listOf("$subject.*")).toList() }
        }

        jetStreamTest("a field of tomorrow that the server does not know is told, not lost", "2.10.27") {
            val config = StreamConfig(JsonObject(stream().info().config.json + ("of_tomorrow" to JsonPrimitive(true))))
            shouldThrow<FeatureNotSupportedException> { js.updateStream(config) }.feature shouldBe "of_tomorrow"
        }
    })
