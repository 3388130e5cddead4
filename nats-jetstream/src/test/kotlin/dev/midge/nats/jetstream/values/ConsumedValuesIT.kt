package dev.midge.nats.jetstream.values

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.jetstream.publish
import dev.midge.nats.jetstream.value
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.request
import dev.midge.nats.serialization.withCodecs
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun JetStreamScope.stream(): NatsStream = js.createStream(name) { subjects("$subject.>") }

private suspend fun NatsStream.consumer(): NatsConsumer = createConsumer("billing") { ackWait = 30.seconds }

/** The events of [test], of which none is missed. */
private suspend fun JetStreamScope.collectingEvents(test: suspend CoroutineScope.(ConcurrentLinkedQueue<JetStreamEvent>) -> Unit) =
    coroutineScope {
        val events = ConcurrentLinkedQueue<JetStreamEvent>()
        launch(start = CoroutineStart.UNDISPATCHED) { js.events.collect(events::add) }
        test(events)
        coroutineContext.job.cancelChildren()
    }

private fun number(bytes: ByteArray): Int = ByteBuffer.wrap(bytes).int

private val soon = ConsumeOptions { retryDelay = { _, _ -> 20.milliseconds } }

class ConsumedValuesIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a message has its value, whoever has delivered it", version) {
                val consumer = stream().consumer()
                (1..4).forEach { js.publish("$subject.a", listOf(it)) }
                checkNotNull(consumer.next()).value<List<Int>>() shouldBe listOf(1)
                consumer.fetch(1).toList().map { it.value<List<Int>>() } shouldContainExactly listOf(listOf(2))
                consumer.messages().map { it.value<List<Int>>().single() }.take(2).toList() shouldContainExactly listOf(3, 4)
                js.stream(name).ordered().map { it.value<List<Int>>().single() }.take(4).toList() shouldContainExactly (1..4).toList()
                js.stream(name).ordered().first().value<String>() shouldBe "[1]"
            }

            jetStreamTest("the header names the format, and the client's registry the codec", version) {
                val codecs = CodecRegistry {
                    codec(PointCodec)
                    understand(MarkedFormat)
                }
                val marking = CodecRegistry {
                    format = MarkedFormat
                    sendContentType = true
                }
                val consumer = nats.withCodecs(codecs).jetStream().run {
                    createStream(name) { subjects("$subject.>") }.consumer()
                }
                nats.withCodecs(marking).jetStream().publish("$subject.a", mapOf("apple" to 3))
                js.publish("$subject.a", mapOf("apple" to 4))
                js.publish("$subject.a", Point(5, 6), PointCodec)
                val (marked, json, point) = consumer.fetch(3).toList()
                marked.headers["Content-Type"] shouldBe "application/x-marked"
                marked.value<Map<String, Int>>() shouldBe mapOf("apple" to 3)
                json.headers shouldBe Headers.Empty
                json.value<Map<String, Int>>() shouldBe mapOf("apple" to 4)
                point.value<Point>() shouldBe Point(5, 6)
                // Whatever the header says.
                marked.value(PointCodec) shouldBe
                    Point(marked.payload.copyOf(4).let(::number), marked.payload.copyOfRange(4, 8).let(::number))
            }

            jetStreamTest("one that does not decode throws, and has said nothing", version) {
                val consumer = stream().consumer()
                js.publish("$subject.a", "no list")
                val message = checkNotNull(consumer.next())
                val failure = shouldThrow<UndecodableMessageException> { message.value<List<Int>>() }
                failure.undecoded.subject shouldBe "$subject.a"
                failure.type shouldBe "kotlin.collections.List<kotlin.Int>"
                message.isAcknowledged shouldBe false
                message.value<String>() shouldBe "no list"
                message.ackConfirmed()
            }

            jetStreamTest("a handler that throws it on gives its message up, and the next ones are handled", version) {
                collectingEvents { events ->
                    val consumer = stream().consumer()
                    js.publish("$subject.a", "no list")
                    js.publish("$subject.a", listOf(1))
                    val values = ConcurrentLinkedQueue<Int>()
                    val calls = AtomicInteger()
                    val consuming = consumer.consume(options = soon) { message ->
                        calls.incrementAndGet()
                        values += message.value<List<Int>>()
                    }
                    until { consuming.handled == 1L }
                    consuming.stop()
                    values shouldContainExactly listOf(1)
                    calls.get() shouldBe 2
                    consuming.givenUp shouldBe 1
                    until { events.isNotEmpty() }
                    val event = events.single().shouldBeInstanceOf<JetStreamEvent.MessageGivenUp>()
                    event.sequence shouldBe 1
                    event.deliveries shouldBe 1
                    event.cause.shouldBeInstanceOf<UndecodableMessageException>().undecoded.text() shouldBe "no list"
                    until { consumer.info().ackPending == 0L }
                }
            }

            jetStreamTest("so does a key that is made of the value", version) {
                val consumer = stream().consumer()
                js.publish("$subject.a", "no list")
                js.publish("$subject.a", listOf(1))
                val consuming = consumer.consume(keyOf = { it.value<List<Int>>().first() }, options = soon) {}
                until { consuming.handled == 1L && consuming.givenUp == 1L }
                consuming.stop()
                until { consumer.info().ackPending == 0L }
            }
        }

        jetStreamTest("the server is told why it is given up", "2.15.1") {
            val consumer = stream().consumer()
            val advisories = nats.subscribe("\$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.$name.billing")
            js.publish("$subject.a", "no list")
            val consuming = consumer.consume { it.value<List<Int>>() }
            val advisory = advisories.first().text()
            consuming.stop()
            val reason = """"reason":"the message on '$subject.a' (7 B) does not decode as kotlin.collections.List<kotlin.Int>: """
            advisory.replace("\\u003c", "<").replace("\\u003e", ">").contains(reason) shouldBe true
        }

        jetStreamTest("a reply that a handler cannot decode says nothing of its message, which is delivered again", "2.15.1") {
            collectingEvents { events ->
                val consumer = stream().consumer()
                js.publish("$subject.a", listOf(1))
                val answers = AtomicInteger()
                nats.respond("$name.price") { (if (answers.incrementAndGet() < 3) "none" else "[7]").encodeToByteArray() }
                val prices = ConcurrentLinkedQueue<Int>()
                val consuming = consumer.consume(options = soon) { message ->
                    prices += nats.request<List<Int>, List<Int>>("$name.price", message.value<List<Int>>())
                }
                until { consuming.handled == 1L }
                consuming.stop()
                prices shouldContainExactlyInAnyOrder listOf(7)
                consuming.givenUp shouldBe 0
                consuming.failed shouldBe 2
                until { events.size == 2 }
                events.forEach { it.shouldBeInstanceOf<JetStreamEvent.HandlerFailed>() }
            }
        }

        jetStreamTest("bytes are the message's own array", "2.15.1") {
            val consumer = stream().consumer()
            js.publish("$subject.a", byteArrayOf(1))
            val message = checkNotNull(consumer.next())
            message.value<ByteArray>() shouldBeSameInstanceAs message.payload
        }
    })
