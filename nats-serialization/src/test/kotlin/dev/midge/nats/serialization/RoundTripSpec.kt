package dev.midge.nats.serialization

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.map
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll
import kotlinx.io.Buffer
import kotlinx.io.readByteArray
import java.nio.ByteBuffer

private fun <T> PayloadCodec<T>.encoded(value: T): ByteArray = Buffer().also { encode(value, it) }.readByteArray()

private fun <T> PayloadCodec<T>.decoded(payload: ByteArray): T = decode(Buffer().apply { write(payload) })

private suspend inline fun <reified T> PayloadFormat.keeps(values: Arb<T>) {
    val codec = CodecRegistry { format = this@keeps }.codec<T>()
    checkAll(200, values) { codec.decoded(codec.encoded(it)) shouldBe it }
}

class RoundTripSpec :
    FunSpec({
        val kotlinx = mapOf("JSON" to JsonFormat(), "CBOR" to CborFormat(), "ProtoBuf" to ProtoBufFormat())
        val jackson = mapOf(
            "JSON" to JacksonFormat.json(),
            "MessagePack" to JacksonFormat.messagePack(),
            "CBOR" to JacksonFormat.cbor(),
            "Smile" to JacksonFormat.smile(),
        )

        for ((name, format) in kotlinx.mapKeys { "kotlinx ${it.key}" } + jackson.mapKeys { "Jackson ${it.key}" }) {
            test("$name: data classes come back as they were") {
                format.keeps(people)
                format.keeps(teams)
            }

            test("$name: generic types keep their arguments") {
                format.keeps(people.map { Page(listOf(it, it), 3) })
                format.keeps(people.map { mapOf("a" to listOf(it)) })
            }

            test("$name: a payload that ends too early is no value") {
                val codec = CodecRegistry { this.format = format }.codec<Team>()
                val payload = codec.encoded(Team(Person(1, "lead"), listOf(Person(2, "member")), "motto", 7))
                shouldThrow<Exception> { codec.decoded(payload.copyOf(payload.size - 3)) }
            }
        }

        for ((name, format) in jackson) {
            test("Jackson $name: records and beans come back as they were") {
                format.keeps(trades)
                format.keeps(accounts)
            }

            test("Jackson $name: what follows a value is an error") {
                val codec = CodecRegistry { this.format = format }.codec<Person>()
                // 1 in JSON, MessagePack and CBOR; null in Smile.
                val follows = if (name == "JSON") {
                    0x31
                } else if (name == "Smile") {
                    0x21
                } else {
                    0x01
                }
                shouldThrow<Exception> { codec.decoded(codec.encoded(Person(1, "a")) + follows.toByte()) }
            }
        }

        test("kotlinx JSON: what follows a value is an error") {
            val codec = CodecRegistry {}.codec<Person>()
            shouldThrow<Exception> { codec.decoded("""{"age":1,"name":"a"} {}""".encodeToByteArray()) }
        }

        test("kotlinx JSON does not quote what it could not read") {
            val codec = CodecRegistry {}.codec<Person>()
            val failure = shouldThrow<Exception> { codec.decoded("""{"age":"secret","name":"a"}""".encodeToByteArray()) }
            failure.toString() shouldNotContain "secret"
        }

        test("Jackson's null is an error for a type that knows none") {
            val registry = CodecRegistry { format = JacksonFormat.json() }
            shouldThrow<IllegalArgumentException> { registry.codec<Person>().decoded("null".encodeToByteArray()) }
            registry.codec<Person?>().decoded("null".encodeToByteArray()) shouldBe null
        }

        test("bytes, buffers and text are the payload, whatever the format") {
            for (format in kotlinx.values + jackson.values) {
                val registry = CodecRegistry { this.format = format }
                checkAll(100, Arb.byteArray(Arb.int(0..10_000), Arb.byte())) { bytes ->
                    registry.codec<ByteArray>().encoded(bytes) shouldBe bytes
                    registry.codec<ByteArray>().decoded(bytes) shouldBe bytes
                    val buffer = ByteBuffer.wrap(bytes)
                    registry.codec<ByteBuffer>().encoded(buffer) shouldBe bytes
                    buffer.remaining() shouldBe bytes.size
                    registry.codec<ByteBuffer>().decoded(bytes) shouldBe buffer
                }
                checkAll(100, Arb.string()) { text ->
                    registry.codec<String>().encoded(text) shouldBe text.encodeToByteArray()
                    registry.codec<String>().decoded(text.encodeToByteArray()) shouldBe text
                }
            }
        }

        test("a codec of one's own") {
            checkAll(Arb.int(), Arb.int()) { x, y -> PointCodec.decoded(PointCodec.encoded(Point(x, y))) shouldBe Point(x, y) }
        }
    })
