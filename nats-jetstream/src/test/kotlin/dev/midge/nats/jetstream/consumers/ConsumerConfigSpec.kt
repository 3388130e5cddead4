package dev.midge.nats.jetstream.consumers

import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.ConsumerConfigBuilder
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.PriorityPolicy
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import java.time.Instant
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private fun config(configure: ConsumerConfigBuilder.() -> Unit): ConsumerConfig = ConsumerConfig.builder().apply(configure).build()

private fun read(json: String) = ConsumerConfig(Json.parseToJsonElement(json).jsonObject)

private val refused: Map<String, ConsumerConfigBuilder.() -> Unit> = mapOf(
    "a start sequence without its policy" to { startSequence = 3 },
    "the policy without its start sequence" to { deliverPolicy = DeliverPolicy.BY_START_SEQUENCE },
    "the policy without its start time" to { deliverPolicy = DeliverPolicy.BY_START_TIME },
    "more back-offs than deliveries" to {
        maxDeliver = 1
        backoff = listOf(1.seconds, 2.seconds)
    },
    "no deliveries" to { maxDeliver = 0 },
    "acknowledgements that nobody expects" to {
        ackPolicy = AckPolicy.NONE
        maxAckPending = 10
    },
    "an empty filter" to { filterSubjects("") },
    "a filter twice" to { filterSubjects("a", "a") },
    "a group without a policy" to { priorityGroups = listOf("a") },
    "a policy without a group" to { priorityPolicy = PriorityPolicy.PINNED_CLIENT },
    "a group with a blank" to {
        priorityPolicy = PriorityPolicy.PINNED_CLIENT
        priorityGroups = listOf("a b")
    },
    "a heartbeat that servers find too short" to { idleHeartbeat = 99.milliseconds },
    "a negative wait" to { ackWait = (-1).seconds },
    "a long description" to { description = "x".repeat(4097) },
)

class ConsumerConfigSpec :
    FunSpec({
        test("the ack policy is always said, and explicit unless it is set") {
            config {}.toString() shouldBe """{"ack_policy":"explicit"}"""
            config { ackPolicy = AckPolicy.NONE }.toString() shouldBe """{"ack_policy":"none"}"""
        }

        test("what is set to the server's default is left out") {
            config {
                maxDeliver = 5
                maxDeliver = -1
                headersOnly = false
                ackWait = 0.seconds
                filterSubjects()
            } shouldBe config {}
        }

        test("one filter and several have their own fields, and the last call counts") {
            config { filterSubjects("a.*") }.toString() shouldBe """{"ack_policy":"explicit","filter_subject":"a.*"}"""
            config {
                filterSubjects("a.*")
                filterSubjects("b", "c")
            }.toString() shouldBe """{"ack_policy":"explicit","filter_subjects":["b","c"]}"""
            read("""{"filter_subject":"a"}""").filterSubjects shouldBe listOf("a")
        }

        test("durations are nanoseconds, times keep them") {
            val time = Instant.parse("2026-11-27T04:45:10.141085556Z")
            val config = config {
                ackWait = 1.5.seconds
                backoff = listOf(1.seconds, 2.seconds)
                deliverPolicy = DeliverPolicy.BY_START_TIME
                startTime = time
            }
            config.toString() shouldBe """{"ack_policy":"explicit","ack_wait":1500000000,"backoff":[1000000000,2000000000],""" +
                """"deliver_policy":"by_start_time","opt_start_time":"2026-11-27T04:45:10.141085556Z"}"""
            config.startTime shouldBe time
            config.ackWait shouldBe 1.5.seconds
        }

        test("fields that nobody knows survive a builder, also inside of others") {
            val json = """{"name":"a","ack_policy":"all","ack_wait":1,"new_in_3_0":{"x":[1,2]},"metadata":{"_nats.ver":"3.0","a":"b"}}"""
            val changed = read(json).toBuilder().apply { description = "d" }.build()
            changed.toString() shouldBe json.dropLast(1) + ""","description":"d"}"""
            changed.metadata shouldBe mapOf("a" to "b")
        }

        for ((what, configure) in refused) {
            test("$what is refused") {
                withClue(what) { shouldThrow<IllegalArgumentException> { config(configure) } }
            }
        }
    })
