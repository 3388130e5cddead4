package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.stores.StoreScenario
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
class StoresIT :
    FunSpec({
        val quick = "--sizes 16 --keys 300 --chunks 3 --rounds 1 --warm-up 0.01 --seconds 0.05 --windows 2"

        fun measure(arguments: String): ClientReport {
            val json = tempfile("stores", ".json").toPath()
            val result = natsBench().test("stores $quick $arguments --json $json")
            withClue(result.output) { result.statusCode shouldBe 0 }
            return ClientReport.parse(json.readText()).also { report ->
                report.results.forEach { withClue(result.output) { it.failures shouldBe 0 } }
            }
        }

        val latencies = setOf(StoreScenario.KvPutOne, StoreScenario.KvGetOne)

        // What differs from a client of these by an option or by its language needs no process of its own; Java's is tried once.
        fun clients(scenario: StoreScenario) = listOfNotNull("midge", "midge-java".takeIf { scenario == StoreScenario.KvPut256 }, "jnats")

        // Here with one client: the command that they are from tests them.
        val plain = setOf(StoreScenario.PlainPublish, StoreScenario.PlainReceive)

        for (scenario in inVerify(StoreScenario.entries - plain, StoreScenario.KvPutOne, StoreScenario.KvPut256, StoreScenario.ObjectGet)) {
            test("${scenario.id}: clients come through, nothing is lost, and their figures are sane") {
                val clients = clients(scenario)
                val report = measure("--scenarios ${scenario.id} --clients ${clients.joinToString(",")}")
                report.versions.shouldContainKeys("midge", "jnats", "nats-server")
                report.results.map { it.client } shouldContainExactly clients
                for (result in report.results) {
                    withClue(result) {
                        result.figures.shouldContainKeys("rate", "cpu", "allocated", "server")
                        result.figures.getValue("rate").min shouldBeGreaterThan 0.0
                        if (scenario in latencies) result.figures.getValue("p50").min shouldBeGreaterThan 0.0
                    }
                }
            }
        }

        test("plain messages are measured beside objects, on another server too") {
            val report = measure("--scenarios plain-publish,plain-receive --clients midge --server-version 2.10.27")
            report.results.map { "${it.scenario} ${it.size}" } shouldContainExactly listOf("plain-publish 131072", "plain-receive 131072")
            report.results.forEach { it.figures.getValue("rate").min shouldBeGreaterThan 0.0 }
            report.versions["nats-server"] shouldBe "2.10.27"
        }

        test("an unknown client is a usage error that names the known ones") {
            val result = natsBench().test("stores --clients nobody")
            result.statusCode shouldBe 1
            result.stderr shouldContain "jnats-noflush"
        }
    })
