package dev.midge.nats.bench.client

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe

class ReceptionSpec :
    FunSpec({
        test("it is complete with the last expected message, however they come") {
            val reception = Reception(expected = 10)
            reception.received(1)
            reception.received(0)
            reception.received(8)
            reception.lastNanos shouldBe 0
            reception.received(1)
            reception.await()
            reception.messages shouldBe 10
            reception.lastNanos shouldBeGreaterThan reception.firstNanos
        }

        test("the shares of the workers add up") {
            (0 until 256).sumOf { shareOf(it, 256, 1000) } shouldBe 1000
            (0 until 256).sumOf { shareOf(it, 256, 5) } shouldBe 5
        }
    })
