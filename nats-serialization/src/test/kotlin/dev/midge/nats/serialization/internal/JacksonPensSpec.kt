package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.databind.SerializationFeature
import com.fasterxml.jackson.databind.json.JsonMapper
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JacksonFormat
import dev.midge.nats.serialization.Person
import dev.midge.nats.serialization.UnencodableValueException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.io.readString

class JacksonPensSpec :
    FunSpec({
        val people = CodecRegistry { format = JacksonFormat.json() }.boundCodec<Person>()

        class Broken {
            val before = "written"
            val broken: String
                get() = error("half of it is written")
        }

        test("one message after the other, with nothing between them") {
            repeat(3) { people.encode(Person(it, "a")).readString() shouldBe """{"age":$it,"name":"a"}""" }
        }

        test("a value that fails half-way leaves nothing to the next one") {
            val codec = CodecRegistry { format = JacksonFormat.json() }
            repeat(3) {
                shouldThrow<UnencodableValueException> { codec.boundCodec<Broken>().encode(Broken()) }
                codec.boundCodec<Person>().encode(Person(1, "a")).readString() shouldBe """{"age":1,"name":"a"}"""
            }
        }

        test("a value that encodes another one of the same format while it is written") {
            val format = JacksonFormat.json()
            val inner = CodecRegistry { this.format = format }.boundCodec<Person>()

            class Nested {
                val before = 1
                val inner: Int
                    get() = inner.encode(Person(2, "inner")).readString().length
            }
            repeat(3) {
                CodecRegistry { this.format = format }.boundCodec<Nested>().encode(Nested()).readString() shouldBe
                    """{"before":1,"inner":${"""{"age":2,"name":"inner"}""".length}}"""
            }
        }

        test("values longer than any buffer") {
            val name = "é".repeat(100_000)
            people.encode(Person(1, name)).readString() shouldBe """{"age":1,"name":"$name"}"""
        }

        test("JSON with line breaks is written without pens") {
            val mapper = JsonMapper().findAndRegisterModules().enable(SerializationFeature.INDENT_OUTPUT)
            val codec = CodecRegistry { format = JacksonFormat(mapper, "application/json") }.boundCodec<Person>()
            repeat(2) { codec.encode(Person(1, "a")).readString().replace(Regex("\\s"), "") shouldBe """{"age":1,"name":"a"}""" }
        }
    })
