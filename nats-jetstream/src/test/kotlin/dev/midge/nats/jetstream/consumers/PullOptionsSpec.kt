package dev.midge.nats.jetstream.consumers

import dev.midge.nats.jetstream.PullOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val refused: Map<String, PullOptions.Builder.() -> Unit> = mapOf(
    "no messages" to { maxMessages = 0 },
    "a threshold that is never passed" to {
        maxMessages = 5
        threshold = 5
    },
    "no time" to { expires = 0.seconds },
    "a heartbeat that is too slow" to { heartbeat = 16.seconds },
    "a priority that is none" to {
        group = "a"
        priority = 10
    },
    "a priority without a group" to { priority = 1 },
    "a group with a blank" to { group = "a b" },
)

class PullOptionsSpec :
    FunSpec({
        test("the heartbeat follows a short time, unless it is set") {
            PullOptions { }.heartbeat shouldBe 5.seconds
            PullOptions { expires = 1.seconds }.heartbeat shouldBe 500.milliseconds
            PullOptions { heartbeat = 0.seconds }.heartbeat shouldBe 0.seconds
            PullOptions { expires = 1.seconds }.toBuilder().apply { expires = 4.seconds }.build().heartbeat shouldBe 2.seconds
        }

        for ((what, configure) in refused) {
            test("$what is refused") {
                shouldThrow<IllegalArgumentException> { PullOptions(configure) }
            }
        }
    })
