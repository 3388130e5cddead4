package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.jetstream.JetStreamScenario
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.doubles.shouldBeGreaterThan
import io.kotest.matchers.maps.shouldContainKeys
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.io.path.readText

/** The whole program against a real server, each client in its process, with runs that say nothing about speed. */
class JetStreamIT :
    FunSpec({
        val quick = "--sizes 16 --rounds 1 --warm-up 0.01 --seconds 0.05 --windows 2"

        fun measure(arguments: String): ClientReport {
            val json = tempfile("jetstream", ".json").toPath()
            val result = natsBench().test("jetstream $quick $arguments --json $json")
            withClue(result.output) { result.statusCode shouldBe 0 }
            return ClientReport.parse(json.readText()).also { report ->
                report.results.forEach { withClue(result.output) { it.failures shouldBe 0 } }
            }
        }

        for (scenario in inVerify(JetStreamScenario.entries, JetStreamScenario.PublishOne, JetStreamScenario.Consume)) {
            test("${scenario.id}: clients come through, all messages are acknowledged, and their figures are sane") {
                val clients = scenario.clients
                val report = measure("--scenarios ${scenario.id} --clients ${clients.joinToString(",")}")
                report.versions.shouldContainKeys("midge", "jnats", "nats-server")
                report.results.map { it.client } shouldContainExactly clients
                for (result in report.results) {
                    withClue(result) {
                        result.figures.shouldContainKeys("rate", "cpu", "allocated", "server")
                        result.figures.getValue("rate").min shouldBeGreaterThan 0.0
                        if (scenario == JetStreamScenario.PublishOne) result.figures.getValue("p50").min shouldBeGreaterThan 0.0
                    }
                }
            }
        }

        test("another build of Midge is a client beside it, on another server too") {
            val report = measure("--scenarios fetch-100 --clients midge --midge same=/nowhere --server-version 2.10.27")
            report.results.map { it.client } shouldContainExactly listOf("midge", "midge+same")
            report.versions["nats-server"] shouldBe "2.10.27"
        }

        test("an unknown client is a usage error that names the known ones") {
            val result = natsBench().test("jetstream --clients nobody")
            result.statusCode shouldBe 1
            result.stderr shouldContain "jnats-rounds"
        }
    })
