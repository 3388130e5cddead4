package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.JetStreamNotEnabledException
import dev.midge.nats.jetstream.LimitReachedException
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.WrongLastException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.kotest.property.Arb
import io.kotest.property.arbitrary.arbitrary
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.checkAll
import java.math.BigInteger

private fun message(text: String) = NatsMessage("_INBOX.a.1", text.encodeToByteArray())

private val space = listOf("", " ", "  ", "\t", "\r\n", "\n ")

/** What a stream may answer, as JSON with its spaces and the order of its fields by chance, and now and then something unusual. */
private val answers: Arb<String> = arbitrary { source ->
    val random = source.random
    fun pad() = space[random.nextInt(space.size)]
    val fields = mutableListOf(
        "\"stream\"" to listOf("\"S\"", "\"orders-Ü_1\"", "\"a\\u003eb\"", "\"\"", "null", "7")[skewed(random.nextInt(12))],
        "\"seq\"" to listOf("7", "1", "123456789012345678", "9223372036854775807", "18446744073709551615", "-1", "\"5\"", "1.5")
            [skewed(random.nextInt(16))],
    )
    if (random.nextInt(3) == 0) fields += "\"domain\"" to listOf("\"hub\"", "\"\"", "null").random(random)
    if (random.nextInt(3) == 0) fields += "\"duplicate\"" to listOf("true", "false", "\"true\"").random(random)
    if (random.nextInt(6) == 0) fields += "\"val\"" to "\"-123456789012345678901234567890\""
    if (random.nextInt(6) == 0) fields += "\"batch\"" to "\"b1\""
    if (random.nextInt(6) == 0) fields += "\"count\"" to "12"
    if (random.nextInt(8) == 0) fields += "\"new\"" to listOf("{\"a\":[1]}", "null", "\"x\"").random(random)
    if (random.nextInt(10) == 0) fields += "\"error\"" to """{"code":400,"err_code":10071,"description":"wrong last sequence: 4"}"""
    fields.shuffle(random)
    fields.joinToString(",", "${pad()}{", "}${pad()}") { (key, value) -> "${pad()}$key${pad()}:${pad()}$value${pad()}" }
}

/** Mostly one of the first few. */
private fun skewed(number: Int) = if (number % 2 == 0) number / 2 else 0

private fun outcome(read: () -> PublishAck): String = try {
    read().toString()
} catch (e: NatsException) {
    e.toString()
}

class PubAckParserSpec :
    FunSpec({
        val parser = PubAckParser()
        fun parse(text: String) = parser.parse("orders.new", message(text))

        test("acknowledgements are read as every server writes them, without the JSON parser") {
            for (text in listOf("""{"stream":"S","seq":7}""", """{"stream":"S", "seq":7}""", """{ "seq" : 7 , "stream" : "S" } """)) {
                parser.flat(text.encodeToByteArray()) shouldBe PublishAck("S", 7)
                parse(text) shouldBe PublishAck("S", 7)
            }
            parser.flat("""{"stream":"S","domain":"hub","seq":7}""".encodeToByteArray()) shouldBe PublishAck("S", 7, "hub")
            parser.flat("""{"stream":"S", "seq":5,"duplicate": true}""".encodeToByteArray()) shouldBe PublishAck("S", 5, isDuplicate = true)
        }

        test("what is not as usual is left to the JSON parser") {
            val unusual = listOf(
                """{"stream":"S","seq":7,"x":1}""",
                """{"stream":"a\u003eb","seq":7}""",
                """{"stream":"S","seq":7e0}""",
                """{"stream":"S","seq":99999999999999999999}""",
                "{}",
                "",
            )
            for (text in unusual) {
                parser.flat(text.encodeToByteArray()).shouldBeNull()
            }
        }

        test("the name of the stream is made once") {
            parse("""{"stream":"orders","seq":1}""").stream shouldBeSameInstanceAs parse("""{"stream":"orders","seq":2}""").stream
            parse("""{"stream":"other","seq":2}""").stream shouldBe "other"
            parse("""{"stream":"order","seq":2}""").stream shouldBe "order"
        }

        test("counters and batches") {
            parse("""{"stream":"S","seq":2,"val":"-5"}""").value shouldBe BigInteger("-5")
            parse("""{"stream":"AB","seq":3,"batch":"x","count":2}""") shouldBe PublishAck("AB", 3, batchId = "x", batchCount = 2)
        }

        test("whatever the spacing and the order of the fields, the result is the JSON parser's") {
            checkAll(5_000, answers) { text ->
                outcome { parse(text) } shouldBe outcome { parser.ofJson("orders.new", message(text)) }
            }
        }

        test("an error is a failure by its code, whatever is beside it") {
            val wrong = shouldThrow<WrongLastException> {
                parse("""{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 4"},"stream":"S","seq":0}""")
            }
            wrong.actual shouldBe 4
            wrong.stream shouldBe "S"
            wrong.subject shouldBe "orders.new"
            shouldThrow<WrongLastException> { parse("""{"error":{"code":400,"err_code":10164,"description":"wrong last sequence"}}""") }
                .actual.shouldBeNull()
            shouldThrow<LimitReachedException> {
                parse("""{"stream":"S","seq":3,"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"}}""")
            }
            shouldThrow<JetStreamNotEnabledException> { parse("""{"error":{"code":503,"err_code":10076}}""") }
            shouldThrow<JetStreamApiException> { parse("""{"error":{}}""") }.errorCode shouldBe 0
        }

        test("an acknowledgement without a stream or a sequence is none") {
            val seven = listOf("""{"seq":7}""", """{"stream":"","seq":7}""")
            for (text in seven + listOf("""{"stream":"S"}""", """{"stream":"S","seq":-1}""", "{}", "[]", "")) {
                shouldThrow<MalformedResponseException> { parse(text) }
            }
            shouldThrow<MalformedResponseException> { parse("""{"stream":"S","seq":1,"error":"no"}""") }.message shouldContain "orders.new"
            shouldThrow<MalformedResponseException> { parse("""{"stream":"S","seq":1,"val":"many"}""") }
        }

        test("any bytes at all are an acknowledgement or a typed failure") {
            checkAll(5_000, Arb.byteArray(Arb.int(0..40), Arb.byte())) { bytes ->
                val failure = runCatching { parser.parse("s", NatsMessage("r", bytes)) }.exceptionOrNull()
                failure.shouldNotBeNull().shouldBeInstanceOf<JetStreamException>()
            }
        }

        test("an acknowledgement with any of its bytes changed, or cut off anywhere, is one or a typed failure") {
            val whole = """{"stream":"S", "seq":7, "duplicate":true}""".encodeToByteArray()
            for (i in whole.indices) {
                for (byte in listOf(0, '"'.code, '\\'.code, '{'.code, ','.code, '9'.code, 0xff)) {
                    val changed = NatsMessage("r", whole.copyOf().also { it[i] = byte.toByte() })
                    val failure = runCatching { parser.parse("s", changed) }.exceptionOrNull()
                    if (failure != null) failure.shouldBeInstanceOf<JetStreamException>()
                    outcome { parser.parse("s", changed) } shouldBe outcome { parser.ofJson("s", changed) }
                }
                shouldThrow<JetStreamException> { parser.parse("s", NatsMessage("r", whole.copyOf(i))) }
            }
        }
    })
