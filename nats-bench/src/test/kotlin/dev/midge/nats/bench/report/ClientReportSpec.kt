package dev.midge.nats.bench.report

import com.github.ajalt.mordant.rendering.AnsiLevel
import com.github.ajalt.mordant.terminal.Terminal
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Figure
import dev.midge.nats.bench.alone.Spread
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import javax.xml.parsers.DocumentBuilderFactory

class ClientReportSpec :
    FunSpec({
        fun spread(value: Double) = Spread(value, value, value)

        fun result(scenario: String, client: String, vararg figures: Pair<Figure, Double>) =
            ClientResult(scenario, 16, client, "17", figures.associate { it.first.id to spread(it.second) }, emptyMap(), failures = 0)

        val results = listOf(
            result("publish", "midge", Figure.Rate to 8_000_000.0, Figure.Cpu to 194.0, Figure.Server to 0.3),
            result("publish", "raw", Figure.Rate to 80_000_000.0, Figure.Cpu to 17.0, Figure.Server to 0.45),
            result("latency", "midge", Figure.P50 to 60.0, Figure.P99 to 100.0, Figure.P999 to 900.0),
            result("idle", "jnats", Figure.Memory to 320.0, Figure.Threads to 4_000.0, Figure.WakeUps to 5.0),
        )
        val report = ClientReport(results, Machine("a <CPU>", 2, "os", "jvm", 512), mapOf("midge" to "1"))

        test("what is written as JSON is read again") {
            ClientReport.parse(report.toJson()) shouldBe report
        }

        test("the picture is well-formed, and has a bar for each client that has a figure") {
            val svg = report.toSvg()
            val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.byteInputStream())
            val bars = document.getElementsByTagName("rect").let { all -> List(all.length) { all.item(it) } }
                .map { it.attributes.getNamedItem("class").nodeValue }
            bars.filter { it in setOf("own", "peer", "floor") } shouldHaveSize 4
            listOf("8.00 M/s", "194 ns", "100 µs", "320 KiB", "publish", "a &lt;CPU>".replace(">", "&gt;")).forEach { svg shouldContain it }
        }

        test("the table has a column for each figure that somebody has, and the rate compared with the first client's") {
            val printed = Terminal(ansiLevel = AnsiLevel.NONE, width = 160).render(clientTable(results))
            printed.lines().single { "raw" in it }.trim().split(Regex("\\s+")).let { words ->
                words.first() shouldBe "raw"
                words.last() shouldBe "10.00"
            }
            listOf("CPU ns", "p99.9 µs", "wake-ups/s").forEach { printed shouldContain it }
        }
    })
