package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.EchoCheck
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.bind
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.arbitrary.positiveLong
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

private fun json(text: String) = Json.parseToJsonElement(text) as JsonObject

/** As nats-server 2.15.1 answers it. */
private const val INFO =
    """{"type":"io.nats.jetstream.api.v1.stream_info_response","total":0,"offset":0,"limit":0,"config":{"name":"S","subjects":["s.\u003e"],
    "retention":"limits","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":3600000000000,"max_msgs_per_subject":-1,"max_msg_size":-1,
    "discard":"old","storage":"file","num_replicas":1,"duplicate_window":120000000000,"compression":"none","allow_direct":true,
    "mirror_direct":false,"sealed":false,"deny_delete":false,"deny_purge":false,"allow_rollup_hdrs":false,"consumer_limits":{},
    "allow_msg_ttl":false,"metadata":{"_nats.level":"5","_nats.req.level":"0","_nats.ver":"2.15.1","team":"a"},"of_tomorrow":{"a":[1,2]}},
    "created":"2026-11-27T04:42:31.121102096Z","state":{"messages":3,"bytes":99,"first_seq":1,"first_ts":"2026-11-27T04:42:31.1Z","last_seq":3,
    "last_ts":"0001-01-01T00:00:00Z","num_subjects":1,"consumer_count":18446744073709551615},"ts":"2026-11-27T04:42:32Z"}"""

private val jsonValues: Arb<JsonElement> = Arb.bind(Arb.int(0..3), Arb.string(0..8), Arb.int()) { kind, text, number ->
    when (kind) {
        0 -> JsonPrimitive(text)
        1 -> JsonPrimitive(number)
        2 -> JsonArray(listOf(JsonPrimitive(number), JsonPrimitive(text)))
        else -> JsonObject(mapOf(text to JsonPrimitive(number)))
    }
}

class StreamConfigSpec :
    FunSpec({
        test("durations are written as nanoseconds, and what is not set is left out") {
            StreamConfig("ORDERS") {
                subjects("orders.>")
                maxAge = 7.days
                storage = Storage.MEMORY
                maxMessages = -1
                noAck = false
            }.toString() shouldBe """{"name":"ORDERS","subjects":["orders.>"],"max_age":604800000000000,"storage":"memory"}"""
        }

        test("what a server says is read to the nanosecond") {
            val info = StreamInfo(json(INFO))
            info.config.name shouldBe "S"
            info.config.subjects shouldContainExactly listOf("s.>")
            info.config.maxAge shouldBe 1.hours
            info.config.duplicateWindow shouldBe 2.minutes
            info.config.allowDirect shouldBe true
            info.config.metadata shouldBe mapOf("team" to "a")
            info.created shouldBe Instant.parse("2026-11-27T04:42:31.121102096Z")
            info.state.messages shouldBe 3
            info.state.lastTime shouldBe null
        }

        test("a count that went below zero at the server is read as the largest number") {
            StreamInfo(json(INFO)).state.consumerCount shouldBe Long.MAX_VALUE
        }

        test("fields that nobody knows survive an update") {
            checkAll(
                Arb.list(
                    Arb.bind(
                        Arb.string(1..6).map {
                            "x_$it"
                        },
                        jsonValues,
                    ) { key, value -> key to value },
                    0..5,
                ),
                Arb.positiveLong(),
            ) { unknown, messages ->
                val before = StreamConfig(JsonObject(json(INFO).getValue("config").let { it as JsonObject } + unknown))
                val after = before.copy { maxMessages = messages }
                after.json - "max_msgs" shouldBe before.json - "max_msgs"
                after.maxMessages shouldBe messages
            }
        }

        test("each duration comes back as it was set") {
            checkAll(Arb.positiveLong(max = Long.MAX_VALUE / 4).map { it.nanoseconds + 1.seconds }) { age ->
                StreamConfig("S") { maxAge = age }.maxAge.inWholeNanoseconds shouldBe age.inWholeNanoseconds
            }
        }

        test("what a server would refuse is refused before it is sent, with what to do") {
            shouldThrow<IllegalArgumentException> { StreamConfig("a.b") {} }.message shouldContain "'.'"
            shouldThrow<IllegalArgumentException> { StreamConfig("") {} }.message shouldContain "empty"
            shouldThrow<IllegalArgumentException> { StreamConfig("S") { replicas = 6 } }.message shouldContain "1 to 5"
            shouldThrow<IllegalArgumentException> { StreamConfig("S") { maxAge = 5.milliseconds } }.message shouldContain "100ms"
            shouldThrow<IllegalArgumentException> {
                StreamConfig("S") {
                    maxAge = 1.seconds
                    duplicateWindow = 2.seconds
                }
            }
            shouldThrow<IllegalArgumentException> {
                StreamConfig("S") {
                    mirror = StreamSource("O")
                    subjects("a")
                }
            }.message shouldContain "mirror"
            StreamConfig("S") { maxAge = Duration.ZERO }.maxAge shouldBe Duration.ZERO
        }

        test("a field that the server has dropped is found, at whatever depth; one that it has changed is not") {
            val sent = json(
                """{"name":"S","max_msgs":5,"subject_transform":{"src":"a","dest":"b"},"sources":[{"name":"O","subject_transforms":[{"src":"x"}]}],
                "pedantic":true,"sealed":false}""",
            )
            EchoCheck.missing(sent, json("""{"name":"S","max_msgs":7,"sources":[{"name":"O"}]}""")) shouldContainExactly
                listOf("subject_transform", "sources.subject_transforms")
            EchoCheck.missing(sent, JsonObject(sent - "pedantic" - "sealed")).shouldBeEmpty()
        }

        test("sources of another domain or account are written as the server wants them") {
            StreamSource("O") { domain("hub").filterSubject("a.*").startAt(5L) }.toString() shouldBe
                """{"name":"O","filter_subject":"a.*","opt_start_seq":5,"external":{"api":"${'$'}JS.hub.API"}}"""
        }
    })
