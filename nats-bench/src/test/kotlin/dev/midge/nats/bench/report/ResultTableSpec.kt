package dev.midge.nats.bench.report

import com.github.ajalt.mordant.rendering.AnsiLevel
import com.github.ajalt.mordant.terminal.Terminal
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

class ResultTableSpec :
    FunSpec({
        fun row(scenario: String, client: String, median: Double, unit: String, p99: Double? = null) =
            Result(scenario, 1024, client, median, median, median, unit, p99, 1.25, 100, listOf(median), 0, 99_123.0)

        val results =
            listOf(
                row("request-256", "midge", 146_524.0, "msg/s"),
                row("request-256", "midge-inline", 6_512_345.0, "msg/s"),
                row("request", "midge", 154.6, "µs", p99 = 321.0),
            )
        val printed = Terminal(ansiLevel = AnsiLevel.NONE, width = 80).render(resultTable(results))

        test("the widest names fit a terminal of 80 columns") {
            printed.lines().takeWhile { !it.startsWith("request:") }.forEach { it.trimEnd().length shouldBeLessThanOrEqual 80 }
            printed shouldContain "midge-inline"
        }

        test("a line has three digits of each figure, its unit, and the speed compared with Midge's") {
            val line = printed.lines().single { "µs" in it }
            line.trim().split(Regex("\\s+")) shouldContainExactly
                listOf("request", "1024", "midge", "155", "0%", "321", "µs", "99,123", "1.25")
        }

        test("scenario and size are named once, where they begin") {
            printed.lines().count { "request-256" in it && "1024" in it } shouldBe 1
        }

        test("figures keep three digits, and small ones their last") {
            listOf(6_512_345.0, 65_123_456.0, 651_234.0, 65_123.0, 6_512.3, 0.4).map(::readable) shouldContainExactly
                listOf("6.51 M", "65.1 M", "651 k", "65.1 k", "6512", "0")
        }
    })
