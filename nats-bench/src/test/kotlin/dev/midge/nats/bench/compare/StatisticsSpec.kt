package dev.midge.nats.bench.compare

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class StatisticsSpec :
    FunSpec({
        test("the median of an odd number of values is the one in the middle") {
            listOf(9.0, 1.0, 5.0).median() shouldBe 5.0
        }

        test("the median of an even number of values is the mean of the two in the middle") {
            listOf(8.0, 1.0, 4.0, 100.0).median() shouldBe 6.0
        }

        test("nothing has no median") {
            shouldThrow<IllegalArgumentException> { emptyList<Double>().median() }
        }

        test("99 percent of the values are not above the 99th percentile") {
            val values = (1..1000).shuffled().map { it.toDouble() }
            values.percentile(99) shouldBe 990.0
            values.percentile(100) shouldBe 1000.0
            listOf(7.0).percentile(99) shouldBe 7.0
        }

        test("a number of messages keeps its first two digits") {
            twoDigits(6_789_012.3) shouldBe 6_700_000
            twoDigits(100.0) shouldBe 100
            twoDigits(99.9) shouldBe 99
            twoDigits(0.4) shouldBe 0
        }

        test("the order of the clients rotates by one each round") {
            Comparison.rotated(listOf("a", "b", "c"), 0) shouldBe listOf("a", "b", "c")
            Comparison.rotated(listOf("a", "b", "c"), 1) shouldBe listOf("b", "c", "a")
            Comparison.rotated(listOf("a", "b", "c"), 5) shouldBe listOf("c", "a", "b")
        }
    })
