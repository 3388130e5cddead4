package dev.midge.nats.jetstream.values

import dev.midge.nats.Headers
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.jetstream.outgoing
import dev.midge.nats.jetstream.publish
import dev.midge.nats.jetstream.publishAsync
import dev.midge.nats.jetstream.value
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.UnencodableValueException
import dev.midge.nats.serialization.UnsupportedTypeException
import dev.midge.nats.serialization.withCodecs
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import java.nio.ByteBuffer

private val prices = mapOf("apple" to 3, "pear" to 4)

/** The same client with a codec of its own, which says so in each message. */
private fun JetStreamScope.telling(): JetStream = nats.withCodecs(
    CodecRegistry {
        codec(PointCodec)
        sendContentType = true
    },
).jetStream()

private suspend fun NatsStream.stored(sequence: Long): StoredMessage = checkNotNull(message(sequence))

class PublishedValuesIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a value is stored as its codec writes it, and read as what it was", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                js.publish("$subject.a", prices).sequence shouldBe 1
                js.publish(Subject("$subject.a"), "pear")
                js.publish("$subject.a", ByteBuffer.wrap(byteArrayOf(1, 2)))
                js.publish("$subject.a", Point(3, 4), PointCodec)
                js.publishAsync(Subject("$subject.a"), listOf(5, 6)).await().sequence shouldBe 5
                js.publishAsync("$subject.a", Point(7, 8), PointCodec).await()

                stream.stored(1).text() shouldBe """{"apple":3,"pear":4}"""
                stream.stored(1).value<Map<String, Int>>() shouldBe prices
                stream.stored(2).value<String>() shouldBe "pear"
                stream.stored(2).text() shouldBe "pear"
                stream.stored(3).value<ByteArray>() shouldBe byteArrayOf(1, 2)
                stream.stored(4).value(PointCodec) shouldBe Point(3, 4)
                stream.stored(5).value<List<Int>>() shouldBe listOf(5, 6)
                stream.stored(6).value(PointCodec) shouldBe Point(7, 8)
                (1..6L).forEach { stream.stored(it).headers shouldBe Headers.Empty }
            }

            jetStreamTest("the registry of the client goes with its values, and says what they are", version) {
                val telling = telling()
                val stream = telling.createStream(name) { subjects("$subject.>") }
                val own = Headers.of("Own" to "1")
                telling.publish("$subject.a", Point(1, 2))
                telling.publish("$subject.a", Point(1, 2)) { headers = own }
                telling.publish("$subject.a", Point(1, 2)) { headers = Headers.of("Content-Type" to "text/x-point") }
                telling.publishAsync("$subject.a", prices) { messageId = "4" }.await()
                telling.publish("$subject.a", Point(1, 2), PointCodec)

                stream.stored(1).value<Point>() shouldBe Point(1, 2)
                stream.stored(1).headers shouldBe Headers.of("Content-Type" to "application/x-point")
                stream.stored(2).headers shouldBe own.with("Content-Type", "application/x-point")
                stream.stored(3).headers shouldBe Headers.of("Content-Type" to "text/x-point")
                stream.stored(4).headers shouldBe Headers.of("Nats-Msg-Id" to "4", "Content-Type" to "application/json")
                stream.stored(5).headers["Content-Type"] shouldBe "application/x-point"
                checkNotNull(stream.message(1, consistent = true)).value<Point>() shouldBe Point(1, 2)
                stream.messages().toList().map { it.sequence } shouldContainExactly (1..5L).toList()
                stream.messages(5).toList().single().value<Point>() shouldBe Point(1, 2)
            }

            jetStreamTest("options are those of any message", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                js.publish("$subject.a", prices) { messageId = "1" }.isDuplicate shouldBe false
                js.publish(Subject("$subject.a"), prices) { messageId = "1" }.isDuplicate shouldBe true
                js.publishAsync(Subject("$subject.a"), prices) { messageId = "1" }.await().isDuplicate shouldBe true
                stream.info().state.messages shouldBe 1
            }

            jetStreamTest("many values go out in order", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                val acks = js.publishAll((1..100).asFlow().map { js.outgoing("$subject.a", listOf(it)) }).toList()
                acks.map { it.sequence } shouldContainExactly (1..100L).toList()
                stream.messages().toList().map { it.value<List<Int>>().single() } shouldContainExactly (1..100).toList()
                telling().outgoing(Subject("$subject.a"), Point(1, 2)).headers["Content-Type"] shouldBe "application/x-point"
                js.outgoing("$subject.a", Point(1, 2), PointCodec).headers shouldBe Headers.Empty
            }

            jetStreamTest("what does not encode is not sent", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                shouldThrow<UnencodableValueException> { js.publish("$subject.a", Point(-1, 0), PointCodec) }
                shouldThrow<UnencodableValueException> { js.publishAsync("$subject.a", Point(-1, 0), PointCodec) }
                shouldThrow<UnsupportedTypeException> { js.publish("$subject.a", Point(1, 0)) }
                stream.info().state.messages shouldBe 0
            }

            jetStreamTest("what does not decode says what it should have been, and of which subject it is", version) {
                val stream = js.createStream(name) { subjects("$subject.>") }
                js.publish("$subject.a", "no list")
                val failure = shouldThrow<UndecodableMessageException> { stream.stored(1).value<List<Int>>() }
                failure.undecoded.subject shouldBe "$subject.a"
                failure.undecoded.text() shouldBe "no list"
                shouldThrow<UndecodableMessageException> { stream.stored(1).value(PointCodec) }.type shouldBe PointCodec.typeName
            }
        }

        jetStreamTest("the values of a batch are stored together, or none of them", "2.15.1") {
            val telling = telling()
            val stream = telling.createStream(name) {
                subjects("$subject.>")
                allowAtomicPublish = true
            }
            telling.publishAtomically {
                publish("$subject.a", Point(1, 2))
                publish(Subject("$subject.b"), prices) { messageId = "2" }
                publish("$subject.b", Point(3, 4), PointCodec)
            }.batchCount shouldBe 3
            stream.stored(1).value<Point>() shouldBe Point(1, 2)
            stream.stored(1).headers["Content-Type"] shouldBe "application/x-point"
            stream.stored(2).value<Map<String, Int>>() shouldBe prices
            stream.stored(2).headers["Nats-Msg-Id"] shouldBe "2"
            stream.stored(3).value<Point>() shouldBe Point(3, 4)
            shouldThrow<UnencodableValueException> {
                telling.publishAtomically {
                    publish("$subject.a", Point(1, 2))
                    publish("$subject.a", Point(-1, 2))
                }
            }
            stream.info().state.messages shouldBe 3
        }

        jetStreamTest("values are ingested", "2.15.1") {
            val telling = telling()
            val stream = telling.createStream(name) {
                subjects("$subject.>")
                allowFastIngest = true
            }
            telling.ingest {
                repeat(50) { publish("$subject.a", Point(it, it)) }
                publish(Subject("$subject.a"), Point(50, 50), PointCodec, Headers.of("Own" to "1"))
            }.batchCount shouldBe 51
            stream.stored(50).value<Point>() shouldBe Point(49, 49)
            stream.stored(51).value<Point>() shouldBe Point(50, 50)
            stream.stored(51).headers["Own"] shouldBe "1"
            stream.stored(51).headers["Content-Type"] shouldBe "application/x-point"
        }

        jetStreamTest("bytes are the message's own array, and bytes are published as bytes", "2.15.1") {
            val stream = js.createStream(name) { subjects("$subject.>") }
            js.publish("$subject.a", byteArrayOf(1))
            js.publish<ByteArray>("$subject.a", byteArrayOf(2))
            val message = stream.stored(2)
            message.value<ByteArray>() shouldBe byteArrayOf(2)
            message.value<ByteArray>() shouldBeSameInstanceAs message.payload
        }
    })
