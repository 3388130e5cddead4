package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

class PoolSpec :
    FunSpec({
        test("each effect is what the lines above it promise") {
            val effects = printedBy("Pool").lines().map { it.trim() }.filter { it.startsWith("=> ") }
            effects[0] shouldBe "=> 4 connections, the pool is Connected"
            effects[1] shouldBe "=> received 'two cups'"
            effects[2] shouldBe "=> {ticks.cairo=[1, 2, 3], ticks.oslo=[1, 2, 3], ticks.rome=[1, 2, 3]}"
            effects[3] shouldContain "the sum of the answers is 10100;"
            effects[4] shouldBe "=> 4 connections were made, the pool is Closed"
        }
    })
