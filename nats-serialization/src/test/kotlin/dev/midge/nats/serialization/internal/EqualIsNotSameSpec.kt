package dev.midge.nats.serialization.internal

import dev.midge.nats.Headers
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JsonFormat
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.PayloadFormat
import dev.midge.nats.serialization.behaviour.typed
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.withCodecs
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.io.Buffer
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.readString
import kotlinx.io.writeString
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlin.reflect.KType

@Serializable
@SerialName("place")
private data class Flat(val x: Int, val y: Int)

/** By kotlinx-serialization's descriptors equal to [Flat]: these compare the names and kinds of types, and no names of properties. */
@Serializable
@SerialName("place")
private data class Round(val longitude: Int, val latitude: Int)

@Serializable
private data class Both(val round: Round, val flat: Flat, val more: List<Round>)

@Serializable
private data class Of<T>(val value: T)

/** The serializer of what it holds is made anew for every value. */
@Serializable
private data class Twice<T>(val first: Of<T>, val second: Of<T>)

/** Equal to every other one, whatever it writes. */
private class Marked(override val contentType: String, private val mark: String) : PayloadFormat {
    override fun codec(type: KType): PayloadCodec<*> = object : PayloadCodec<Any> {
        override fun encode(value: Any, sink: Sink) = sink.writeString(mark)

        override fun decode(source: Source): Any = mark.toInt()
    }

    override fun equals(other: Any?) = other is Marked

    override fun hashCode() = 1
}

class EqualIsNotSameSpec :
    FunSpec({
        val server = EmbeddedNatsServer.start()
        afterSpec { server.close() }

        test("classes whose descriptors are equal keep their own property names") {
            val codec = CodecRegistry {}.codec<Both>()
            val value = Both(Round(1, 2), Flat(3, 4), listOf(Round(5, 6)))
            repeat(2) {
                Buffer().also { codec.encode(value, it) }.readString() shouldBe Json.encodeToString(Both.serializer(), value)
            }
        }

        test("a serializer that is made anew for every value writes as the first one did") {
            val codec = CodecRegistry {}.codec<Twice<Flat>>()
            repeat(3) {
                val value = Twice(Of(Flat(it, 1)), Of(Flat(2, it)))
                Buffer().also { codec.encode(value, it) }.readString() shouldBe
                    Json.encodeToString(Twice.serializer(Flat.serializer()), value)
            }
        }

        typed("formats that are equal decode each their own media type", server::url) { nats ->
            val registry = CodecRegistry {
                format = JsonFormat()
                understand(Marked("application/one", "1"), Marked("application/two", "2"))
            }
            val numbers = nats.withCodecs(registry).subscribe<Int>("numbers")
            repeat(2) {
                for (type in listOf("one", "two", "json")) {
                    nats.publish("numbers", "7".encodeToByteArray(), Headers.of("Content-Type" to "application/$type"))
                }
            }
            numbers.take(6).map { it.value }.toList() shouldBe listOf(1, 2, 7, 1, 2, 7)
        }
    })
