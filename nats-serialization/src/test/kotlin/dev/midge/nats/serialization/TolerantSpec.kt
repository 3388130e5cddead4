package dev.midge.nats.serialization

import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.module.kotlin.registerKotlinModule
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.io.Buffer
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.Serializable
import kotlinx.serialization.cbor.Cbor
import kotlinx.serialization.json.Json

/** [Person], as a publisher of the next version knows it. */
@Serializable
private data class NextPerson(val age: Int, val name: String, val address: Map<String, List<Int>>, val motto: String)

private fun PayloadFormat.read(from: PayloadFormat): Any? {
    val payload = Buffer()
    CodecRegistry { format = from }.codec<NextPerson>().encode(NextPerson(1, "a", mapOf("x" to listOf(2)), "m"), payload)
    return CodecRegistry { format = this@read }.codec<Person>().decode(payload)
}

class TolerantSpec :
    FunSpec({
        for ((name, format) in formatsOfOurOwn) {
            test("$name: properties that a class does not know are passed over") {
                format.read(format) shouldBe Person(1, "a")
            }
        }

        @OptIn(ExperimentalSerializationApi::class)
        test("a format that was given its configuration keeps it") {
            for (strict in listOf(JsonFormat(Json), JacksonFormat(JsonMapper().registerKotlinModule(), "application/json"))) {
                shouldThrow<Exception> { strict.read(JsonFormat()) }.message!! shouldContain "address"
            }
            shouldThrow<Exception> { CborFormat(Cbor).read(CborFormat()) }
        }

        test("what does not encode is told by what it is and by what it should have been") {
            val failure = shouldThrow<UnencodableValueException> {
                @Suppress("UNCHECKED_CAST")
                CodecRegistry { codec<Any>(PointCodec as PayloadCodec<Any>) }.boundCodec<Any>().encode(Opaque("x"))
            }
            failure.message shouldBe "dev.midge.nats.serialization.Opaque does not encode as kotlin.Any: ClassCastException"
        }
    })
