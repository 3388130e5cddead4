package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch

class OutageSpec :
    FunSpec({
        test("each effect is what the lines above it promise") {
            val effects = printedBy("Outage").lines().map { it.trim() }.filter { it.startsWith("=> ") }
            effects[0] shouldContain "Connected; the state is Connected"
            effects[1] shouldContain "closed by the server; the state is Reconnecting"
            effects[2] shouldMatch Regex("=> \\d+ B wait; attempt \\d+ failed: .*refused")
            effects[3] shouldContain "the state is Connected, 3 subscriptions"
            effects[4] shouldContain "received 'written during the outage', and the reply 'noon'"
            effects[5] shouldContain "Closed, cause null"
        }
    })
