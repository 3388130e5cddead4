package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.alone.ClientResult
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.doubles.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.io.path.readText

/** The whole program, each client in its process, with runs that say nothing about speed. */
class ClientIT :
    FunSpec({
        val quick = "--sizes 16 --rounds 1 --warm-up 0.01 --seconds 0.05 --windows 2"

        fun measure(arguments: String): List<ClientResult> {
            val json = tempfile("client", ".json").toPath()
            val result = natsBench().test("client $quick $arguments --json $json")
            withClue(result.output) { result.statusCode shouldBe 0 }
            return ClientReport.parse(json.readText()).results.onEach { withClue(result.output) { it.failures shouldBe 0 } }
        }

        fun expected(scenario: AloneScenario): List<String> = when (scenario) {
            AloneScenario.Idle -> listOf("memory")
            AloneScenario.Latency -> listOf("rate", "cpu", "p50", "p99", "p99.9")
            else -> listOf("rate", "cpu")
        }

        // All of them where requests are sent; elsewhere the first, and another one in turn: each is a process.
        fun some(scenario: AloneScenario): List<String> {
            val all = scenario.clients - "c"
            if (scenario == AloneScenario.Request256) return all
            // A thousand connections take their time.
            if (scenario == AloneScenario.Idle) return all.take(1)
            val others = all.drop(1)
            return listOfNotNull(all.first(), others.getOrNull(scenario.ordinal % maxOf(others.size, 1)))
        }

        val scenarios = inVerify(
            AloneScenario.entries,
            AloneScenario.Publish,
            AloneScenario.Receive,
            AloneScenario.Request1,
            AloneScenario.Request256,
            AloneScenario.Latency,
        )
        for (scenario in scenarios) {
            test("${scenario.id}: clients that need but a JDK come through, and their figures are sane") {
                val clients = some(scenario)
                val results = measure("--scenarios ${scenario.id} --clients ${clients.joinToString(",")}")
                results.map { it.client } shouldContainExactly clients
                for (result in results) {
                    withClue(result) {
                        result.failures shouldBe 0
                        // CPU time is counted in hundredths of a second, and may be none in runs as short as these.
                        expected(scenario).forEach { result.figures.getValue(it).max shouldBeGreaterThan if (it == "cpu") -1.0 else 0.0 }
                    }
                }
            }
        }

        test("messages go by TLS and by WebSocket, with the clients that can") {
            val results = measure("--scenarios publish --clients midge,jnats,raw --transport tls,ws")
            results.map { it.scenario }.distinct() shouldContainExactly
                listOf("publish tls", "publish ws")
            results.map { it.client }.distinct() shouldContainExactly listOf("midge", "jnats")
            results.forEach { it.figures.getValue("rate").min shouldBeGreaterThan 0.0 }
        }

        test("report draws what client wrote, and says so if that is something else") {
            val json = tempfile("client", ".json").toPath()
            val svg = tempfile("client", ".svg").toPath()
            natsBench().test("client $quick --scenarios publish --clients midge --json $json").statusCode shouldBe 0
            natsBench().test("report $json --svg $svg").statusCode shouldBe 0
            svg.readText() shouldContain "midge"
            val result = natsBench().test("report $svg --svg $svg")
            result.statusCode shouldBe 1
            result.stderr shouldContain "is not what client --json writes"
        }

        test("another build of Midge is a client beside it") {
            val results = measure("--scenarios publish --clients midge --midge same=/nowhere")
            results.map { it.client } shouldContainExactly listOf("midge", "midge+same")
        }

        test("an unknown client is a usage error that names the known ones") {
            val result = natsBench().test("client --clients nobody")
            result.statusCode shouldBe 1
            result.stderr shouldContain "midge-inline"
        }
    })
