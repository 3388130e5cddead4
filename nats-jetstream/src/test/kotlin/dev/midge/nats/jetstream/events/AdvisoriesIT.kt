package dev.midge.nats.jetstream.events

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.Advisory
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.seconds

/** Runs [test] with what [js] hears with [filter]. */
private suspend fun listening(js: JetStream, filter: String = ">", test: suspend CoroutineScope.(ConcurrentLinkedQueue<Advisory>) -> Unit) =
    coroutineScope {
        val heard = ConcurrentLinkedQueue<Advisory>()
        val collector = launch(start = CoroutineStart.UNDISPATCHED) { js.advisories(filter).collect(heard::add) }
        js.nats.flush()
        test(heard)
        collector.cancelAndJoin()
    }

private suspend fun JetStreamScope.makeStream() = js.createStream(StreamConfig(name) { subjects("$subject.>") })

class AdvisoriesIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("what becomes of streams, consumers and messages is told, typed", version) {
                listening(js) { heard ->
                    val stream = makeStream()
                    stream.update { description = "more" }
                    val consumer = stream.createConsumer("c") { maxDeliver = 2 }
                    repeat(3) { js.publish("$subject.a", ByteArray(0)) }
                    val (first, second, third) = consumer.fetch(3).toList()
                    first.nak(60.seconds)
                    second.terminate("poison")
                    third.nak()
                    consumer.next(10.seconds)?.nak()
                    // The server notices when it would deliver the third one once more.
                    val waiting = launch { consumer.next(60.seconds) }
                    until { heard.any { it is Advisory.MaxDeliveries } }
                    waiting.cancelAndJoin()
                    stream.deleteConsumer("c")
                    stream.delete()
                    until { heard.any { it is Advisory.StreamChanged && it.change == Advisory.Change.DELETED && it.stream == name } }
                    val own = heard.filter { it.stream == name }
                    own.filterIsInstance<Advisory.StreamChanged>().map { it.change } shouldBe Advisory.Change.entries
                    own.filterIsInstance<Advisory.ConsumerChanged>().map { it.change } shouldContain Advisory.Change.CREATED
                    own.filterIsInstance<Advisory.Refused>().map { it.sequence } shouldBe listOf(1L, 3L, 3L)
                    val terminated = own.filterIsInstance<Advisory.Terminated>().single()
                    terminated.sequence shouldBe 2
                    terminated.reason shouldBe if (version == "2.9.10") null else "poison"
                    val given = own.filterIsInstance<Advisory.MaxDeliveries>().single()
                    listOf(given.sequence, given.deliveries) shouldBe listOf(3L, 2L)
                    given.consumer shouldBe "c"
                    // Servers tell of each request, too.
                    heard.any { it is Advisory.ApiAudit && it.subject == "\$JS.API.STREAM.DELETE.$name" } shouldBe true
                    heard.none { it is Advisory.Other } shouldBe true
                }
            }

            jetStreamTest("a filter keeps away what is not wanted", version) {
                listening(js, "STREAM.CREATED.$name") { heard ->
                    val stream = makeStream()
                    stream.createConsumer("c")
                    until { heard.isNotEmpty() }
                    nats.flush()
                    heard.single().stream shouldBe name
                }
            }

            jetStreamTest("what is no advisory is passed over", version) {
                listening(js, "STREAM.CREATED.$name") { heard ->
                    nats.publish("\$JS.EVENT.ADVISORY.STREAM.CREATED.$name", "no JSON".encodeToByteArray())
                    makeStream()
                    until { heard.isNotEmpty() }
                    heard.single().stream shouldBe name
                }
            }

            jetStreamTest("another prefix is listened to", version, options = { eventPrefix = "events.of.hub" }) {
                listening(js) { heard ->
                    nats.publish("events.of.hub.ADVISORY.X", """{"type":"later","stream":"$name"}""".encodeToByteArray())
                    until { heard.isNotEmpty() }
                    (heard.single() as Advisory.Other).stream shouldBe name
                }
            }

            test("with a domain come those of that domain alone, nats-server $version").config(timeout = 60.seconds) {
                withContext(Dispatchers.Default) {
                    NatsServerProcess.start {
                        this.version = version
                        jetStream = true
                        config = "jetstream { domain: hub }"
                    }.use { server ->
                        val nats = NatsConnection(server.url)
                        try {
                            val js = nats.jetStream { domain = "hub" }
                            listening(js, "STREAM.CREATED.*") { heard ->
                                nats.publish(
                                    "\$JS.EVENT.ADVISORY.STREAM.CREATED.B",
                                    """{"domain":"leaf","stream":"B"}""".encodeToByteArray(),
                                )
                                js.createStream("A") { subjects("a") }
                                until { heard.isNotEmpty() }
                                heard.single().stream shouldBe "A"
                            }
                        } finally {
                            nats.close()
                        }
                    }
                }
            }
        }
    })
