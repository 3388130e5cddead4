package dev.midge.nats.jetstream

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

class ConsumerConfigSpec :
    FunSpec({
        test("what is expected for a message is always said: a server takes its absence for nothing") {
            ConsumerConfig.builder().build().toString() shouldContain "\"ack_policy\":\"explicit\""
            val none = ConsumerConfig.builder().apply { ackPolicy = AckPolicy.NONE }.build()
            none.toString() shouldContain "\"ack_policy\":\"none\""
            none.toBuilder().build().ackPolicy shouldBe AckPolicy.NONE
        }
    })
