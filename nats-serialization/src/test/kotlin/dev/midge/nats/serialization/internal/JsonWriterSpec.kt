package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.Page
import dev.midge.nats.serialization.Person
import dev.midge.nats.serialization.people
import dev.midge.nats.serialization.teams
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.arbitrary
import io.kotest.property.arbitrary.boolean
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.char
import io.kotest.property.arbitrary.double
import io.kotest.property.arbitrary.enum
import io.kotest.property.arbitrary.filter
import io.kotest.property.arbitrary.float
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.long
import io.kotest.property.arbitrary.map
import io.kotest.property.arbitrary.orNull
import io.kotest.property.arbitrary.short
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll
import kotlinx.io.Buffer
import kotlinx.io.readString
import kotlinx.serialization.Contextual
import kotlinx.serialization.EncodeDefault
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.builtins.nullable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonNamingStrategy
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.serializer
import java.util.UUID
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

@Serializable
private enum class Colour {
    RED,

    @SerialName("dark \"green\"")
    GREEN,
}

/** Every primitive, and every collection of what the writer knows. */
@Serializable
private data class Kinds(
    val boolean: Boolean,
    val byte: Byte,
    val short: Short,
    val int: Int,
    val long: Long,
    val float: Float,
    val double: Double,
    val char: Char,
    @SerialName("te\"xt\u00e9") val text: String,
    val colour: Colour,
    val maybe: Person?,
    val bytes: ByteArray,
    val numbers: IntArray,
    val people: List<Person?>,
    val byName: Map<String, List<Person>>,
    val byNumber: Map<Int, String>,
    val set: Set<Long>,
    val pair: Pair<Int, String>,
)

@Serializable
private sealed interface Shape {
    @Serializable
    @SerialName("circle")
    data class Circle(val radius: Int) : Shape

    @Serializable
    @SerialName("nothing")
    data object Nothing : Shape
}

@Serializable
@JvmInline
private value class Name(val text: String)

private object HexSerializer : KSerializer<Long> {
    override val descriptor = PrimitiveSerialDescriptor("Hex", PrimitiveKind.STRING)

    override fun serialize(encoder: Encoder, value: Long) = encoder.encodeString(value.toString(16))

    override fun deserialize(decoder: Decoder) = decoder.decodeString().toLong(16)
}

/** One that asks for what only Json's own encoder has. */
private object JsonOnlySerializer : KSerializer<UUID> {
    override val descriptor = PrimitiveSerialDescriptor("JsonOnly", PrimitiveKind.STRING)

    override fun serialize(encoder: Encoder, value: UUID) = (encoder as JsonEncoder).encodeJsonElement(JsonPrimitive("$value"))

    override fun deserialize(decoder: Decoder): UUID = UUID.fromString(decoder.decodeString())
}

/** What the writer leaves to Json, between what it writes itself. */
@OptIn(ExperimentalSerializationApi::class)
@Serializable
private data class Rare(
    val first: Int,
    val shape: Shape,
    val shapes: List<Shape>,
    val circle: Shape.Circle,
    val element: JsonElement,
    @Serializable(HexSerializer::class) val hex: Long,
    @Serializable(JsonOnlySerializer::class) val id: UUID,
    @Contextual val contextual: StringBuilder,
    val duration: Duration,
    val unit: Unit,
    @EncodeDefault val always: Int = 1,
    val usually: Int = 2,
    val last: String? = null,
)

@Serializable
private data class WithValueClass(val name: Name, val unsigned: UInt, val names: List<Name>, val person: Person)

@Serializable
private class Nothing0

private object StringBuilderSerializer : KSerializer<StringBuilder> {
    override val descriptor = PrimitiveSerialDescriptor("StringBuilder", PrimitiveKind.STRING)

    override fun serialize(encoder: Encoder, value: StringBuilder) = encoder.encodeString(value.toString())

    override fun deserialize(decoder: Decoder) = StringBuilder(decoder.decodeString())
}

/** Any characters, halves of surrogate pairs included. */
private val anyText: Arb<String> = Arb.list(Arb.char(), 0..20).map { it.joinToString("") }

private val kinds: Arb<Kinds> = arbitrary {
    Kinds(
        Arb.boolean().bind(), Arb.byte().bind(), Arb.short().bind(), Arb.int().bind(), Arb.long().bind(),
        Arb.float().filter(Float::isFinite).bind(), Arb.double().filter(Double::isFinite).bind(), Arb.char().bind(), anyText.bind(),
        Arb.enum<Colour>().bind(), people.orNull().bind(), Arb.string(0..5).bind().encodeToByteArray(),
        Arb.list(Arb.int(), 0..4).bind().toIntArray(), Arb.list(people.orNull(), 0..3).bind(),
        Arb.list(anyText, 0..3).bind().associateWith { emptyList<Person>() } + ("some" to Arb.list(people, 0..2).bind()),
        Arb.list(Arb.int(), 0..3).bind().associateWith { "$it" }, Arb.list(Arb.long(), 0..3).bind().toSet(),
        Arb.int().bind() to anyText.bind(),
    )
}

private inline fun <reified T> Json.shouldBeWritten(value: T) = shouldBeWritten(serializersModule.serializer<T>(), value)

private fun <T> Json.shouldBeWritten(serializer: KSerializer<T>, value: T) {
    check(JsonShapes.cover(configuration)) { "left to Json as a whole" }
    val written = Buffer()
    JsonWriter(this, JsonShapes(), written).encodeSerializableValue(serializer, value)
    // Through bytes: what is no text in UTF-16 becomes a question mark on the way.
    written.readString() shouldBe encodeToString(serializer, value).encodeToByteArray().decodeToString()
}

class JsonWriterSpec :
    FunSpec({
        val rare = Rare(
            1, Shape.Circle(2), listOf(Shape.Nothing, Shape.Circle(3)), Shape.Circle(4),
            buildJsonObject { put("a", "b") }, 255, UUID(1, 2), StringBuilder("built"), 3.seconds, Unit,
        )
        val json = Json { serializersModule = SerializersModule { contextual(StringBuilder::class, StringBuilderSerializer) } }
        val full = Json(json) {
            encodeDefaults = true
            classDiscriminator = "kind"
        }

        test("any value of any primitive and collection is written as Json writes it") {
            checkAll(2_000, kinds) { Json.shouldBeWritten(it) }
        }

        test("classes in classes, with and without their defaults") {
            checkAll(500, teams) { team ->
                Json.shouldBeWritten(team)
                full.shouldBeWritten(team)
                full.shouldBeWritten(Page(listOf(team), 1))
                Json.shouldBeWritten(listOf(mapOf("team" to team)))
            }
        }

        test("what it leaves to Json fits in") {
            json.shouldBeWritten(rare)
            json.shouldBeWritten(rare.copy(usually = 3, last = "here"))
            json.shouldBeWritten(listOf(rare, rare))
            full.shouldBeWritten(rare)
            Json.shouldBeWritten(WithValueClass(Name("n"), 4_000_000_000u, listOf(Name("m")), Person(1, "a")))
            Json.shouldBeWritten(listOf(4_000_000_000u, 1u))
            Json.shouldBeWritten(mapOf("a" to Name("n")))
            Json.shouldBeWritten<Shape>(Shape.Circle(1))
            Json.shouldBeWritten(Shape.Circle(1))
        }

        test("what is empty, and what is alone") {
            Json.shouldBeWritten(Nothing0.serializer(), Nothing0())
            Json.shouldBeWritten(listOf(Nothing0()).map { 1 }.drop(1))
            Json.shouldBeWritten(emptyMap<String, Int>())
            Json.shouldBeWritten(listOf(emptyList<Int>(), emptyList(), listOf(1)))
            Json.shouldBeWritten(Person.serializer().nullable, null)
            Json.shouldBeWritten("text")
            Json.shouldBeWritten(42)
            Json.shouldBeWritten(Colour.GREEN)
        }

        test("every character") {
            for (code in 0..0xFFFF) Json.shouldBeWritten("a${code.toChar()}b")
        }

        test("no number is no JSON") {
            val written = JsonWriter(Json, JsonShapes(), Buffer())
            shouldThrow<SerializationException> { written.encodeSerializableValue(serializer<Double>(), Double.NaN) }
            shouldThrow<SerializationException> { written.encodeSerializableValue(serializer<Float>(), Float.POSITIVE_INFINITY) }
        }

        test("nesting without an end of its own") {
            var nested: List<Any> = emptyList<Int>()
            repeat(50) { nested = listOf(nested) }
            var serializer: KSerializer<*> = serializer<List<Int>>()
            repeat(50) { serializer = kotlinx.serialization.builtins.ListSerializer(serializer) }
            @Suppress("UNCHECKED_CAST")
            Json.shouldBeWritten(serializer as KSerializer<List<Any>>, nested)
        }

        test("JSON in another form is left to Json") {
            JsonShapes.cover(Json.configuration) shouldBe true
            JsonShapes.cover(Json { prettyPrint = true }.configuration) shouldBe false
            JsonShapes.cover(Json { explicitNulls = false }.configuration) shouldBe false
            JsonShapes.cover(Json { allowSpecialFloatingPointValues = true }.configuration) shouldBe false
            @OptIn(ExperimentalSerializationApi::class)
            JsonShapes.cover(Json { namingStrategy = JsonNamingStrategy.SnakeCase }.configuration) shouldBe false
        }
    })
