package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.readByteArray
import java.nio.ByteBuffer
import kotlin.reflect.typeOf

private class Knot {
    var next: Knot? = null
}

class CodecRegistrySpec :
    FunSpec({
        fun message(payload: ByteArray, headers: Headers = Headers.Empty) = NatsMessage("people", payload, headers)

        fun message(json: String, headers: Headers = Headers.Empty) = message(json.encodeToByteArray(), headers)

        test("a codec is made once for a type, and for each type of its own") {
            val registry = CodecRegistry {}
            registry.codec<Person>() shouldBeSameInstanceAs registry.codec<Person>()
            registry.codec(typeOf<Person>()) shouldBeSameInstanceAs registry.codec<Person>()
            registry.codec<List<Person>>() shouldBeSameInstanceAs registry.codec<List<Person>>()
            registry.codec<List<Team>>() shouldNotBeSameInstanceAs registry.codec<List<Person>>()
            registry.codec<Person?>() shouldNotBeSameInstanceAs registry.codec<Person>()
            registry.codec<Array<Person>>() shouldNotBeSameInstanceAs registry.codec<Person>()
        }

        test("what a type is by default, unless the registry has a codec for it") {
            CodecRegistry.Default.codec<String>() shouldBe TextCodec
            CodecRegistry.Default.codec<ByteArray>() shouldBe BytesCodec
            CodecRegistry.Default.codec<ByteBuffer>() shouldBe ByteBufferCodec
            val quoting = CodecRegistry { codec(typeOf<String>(), JsonFormat().codec(typeOf<String>())) }
            quoting.boundCodec<String>().encode("a\"b").readByteArray().decodeToString() shouldBe "\"a\\\"b\""
        }

        test("a codec for a type serves for its nullable form, but not for null itself") {
            val registry = CodecRegistry { codec(PointCodec) }
            registry.boundCodec<Point?>().encode(Point(1, 2)).size shouldBe 8
            shouldThrow<UnencodableValueException> {
                registry.boundCodec<Point?>().encode(null)
            }.cause.shouldBeInstanceOf<IllegalArgumentException>()
            shouldThrow<UnencodableValueException> { registry.boundCodec<ByteArray?>().encode(null) }
            CodecRegistry.Default.boundCodec<Person?>().encode(null).readByteArray().decodeToString() shouldBe "null"
        }

        test("bytes take no codec of a registry") {
            shouldThrow<IllegalArgumentException> { CodecRegistry { codec(BytesCodec) } }.message shouldContain "ByteArray"
            shouldThrow<IllegalArgumentException> { CodecRegistry { codec(ByteBufferCodec) } }
        }

        test("bytes that are only known as Any are sent as they are as well") {
            val codec = CodecRegistry { format = JacksonFormat.json() }.boundCodec<Any>()
            codec.encode(byteArrayOf(1, 2)).readByteArray() shouldBe byteArrayOf(1, 2)
            codec.encode(ByteBuffer.wrap(byteArrayOf(3))).readByteArray() shouldBe byteArrayOf(3)
            codec.encode(Account()).readByteArray().decodeToString() shouldBe """{"owner":null,"balance":0}"""
        }

        test("a received array is the message's own") {
            val message = message(byteArrayOf(1, 2, 3))
            CodecRegistry.Default.boundCodec<ByteArray>().decode(message) shouldBeSameInstanceAs message.payload
            CodecRegistry.Default.boundCodec<ByteBuffer>().decode(message).array() shouldBeSameInstanceAs message.payload
        }

        test("a type without a codec is an error that says why") {
            shouldThrow<UnsupportedTypeException> { CodecRegistry.Default.codec<Opaque>() }.message shouldContain "@Serializable"
            shouldThrow<UnsupportedTypeException> { CodecRegistry.Default.codec<List<Opaque>>() }.type shouldContain "Opaque"
        }

        test("a Content-Type that the registry knows chooses the format, its case and parameters aside") {
            val cbor = CodecRegistry { format = CborFormat() }.boundCodec<Person>()
            val json = CodecRegistry { understand(CborFormat()) }.boundCodec<Person>()
            val payload = cbor.encode(Person(1, "a")).readByteArray()
            json.decode(message(payload, Headers.of("Content-Type" to "Application/CBOR; v=1"))) shouldBe Person(1, "a")
            shouldThrow<UndecodableMessageException> { json.decode(message(payload)) }
            shouldThrow<UndecodableMessageException> { json.decode(message(payload, Headers.of("Content-Type" to "application/smile"))) }
        }

        test("the format that a Content-Type names comes before the codec of the type, if it can do the type") {
            val registry = CodecRegistry {
                codec(typeOf<Person>(), CborFormat().codec(typeOf<Person>()))
                codec(PointCodec)
            }
            val json = Headers.of("Content-Type" to "application/json")
            registry.boundCodec<Person>().decode(message("""{"age":1,"name":"a"}""", json)) shouldBe Person(1, "a")
            registry.boundCodec<Point>().decode(message(ByteArray(8), json)) shouldBe Point(0, 0)
        }

        test("text is text, whatever its Content-Type says") {
            val json = Headers.of("Content-Type" to "application/json")
            CodecRegistry.Default.boundCodec<String>().decode(message("""{"a":1}""", json)) shouldBe """{"a":1}"""
        }

        test("Content-Type is sent if the registry says so, and never in place of another") {
            CodecRegistry.Default.boundCodec<Person>().headers(Headers.Empty) shouldBe Headers.Empty
            val telling = CodecRegistry { sendContentType = true }
            telling.boundCodec<Person>().headers(Headers.Empty) shouldBe Headers.of("Content-Type" to "application/json")
            telling.boundCodec<Person>().headers(Headers.of("A" to "1")) shouldBe
                Headers.of("A" to "1", "Content-Type" to "application/json")
            val own = Headers.of("Content-Type" to "application/vnd.person+json")
            telling.boundCodec<Person>().headers(own) shouldBe own
            telling.boundCodec<String>().headers(Headers.Empty) shouldBe Headers.of("Content-Type" to "text/plain")
            telling.boundCodec<ByteArray>().headers(Headers.Empty) shouldBe Headers.Empty
        }

        test("what throws in a codec is the cause, a value that contains itself included") {
            val knot = Knot().apply { next = this }
            val bottomless = object : PayloadCodec<Knot> {
                override fun encode(value: Knot, sink: Sink): Unit = encode(checkNotNull(value.next), sink)

                override fun decode(source: Source): Knot = decode(source)
            }
            val codec = CodecRegistry { codec(bottomless) }.boundCodec<Knot>()
            shouldThrow<UnencodableValueException> { codec.encode(knot) }.cause.shouldBeInstanceOf<StackOverflowError>()
            val failure = shouldThrow<UndecodableMessageException> { codec.decode(message("[[[[")) }
            failure.cause.shouldBeInstanceOf<StackOverflowError>()
            failure.undecoded.text() shouldBe "[[[["
        }
    })
