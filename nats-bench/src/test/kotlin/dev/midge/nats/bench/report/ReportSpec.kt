package dev.midge.nats.bench.report

import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.compare.Outcome
import dev.midge.nats.bench.compare.Run
import dev.midge.nats.bench.compare.Scenario
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.maps.shouldContainKey
import io.kotest.matchers.maps.shouldNotContainKey
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.seconds

class ReportSpec :
    FunSpec({
        fun outcome(scenario: Scenario, client: String, vararg values: Double) =
            Outcome(scenario, 16, BenchClients.named(client), 100, values.map { Run(100, it, 1.seconds) }, failures = 3 - values.size)

        test("a row has the median, the extremes and every round") {
            val row = resultsOf(listOf(outcome(Scenario.Publish, "midge", 5.0, 1.0, 3.0))).single()
            row.median shouldBe 3.0
            row.min shouldBe 1.0
            row.max shouldBe 5.0
            row.rounds shouldContainExactly listOf(5.0, 1.0, 3.0)
            row.speedToMidge shouldBe 1.0
            row.cpuNanos shouldBe 0.0
        }

        test("twice the messages a second and half the time are both twice the speed") {
            val throughput = listOf(outcome(Scenario.Publish, "midge", 10.0), outcome(Scenario.Publish, "raw", 20.0))
            val latency = listOf(outcome(Scenario.Request, "midge", 10.0), outcome(Scenario.Request, "raw", 5.0))
            resultsOf(throughput + latency).map { it.speedToMidge } shouldContainExactly listOf(1.0, 2.0, 1.0, 2.0)
        }

        test("a client that never came through has no row, and none is compared with a Midge that failed") {
            val rows = resultsOf(listOf(outcome(Scenario.Publish, "midge"), outcome(Scenario.Publish, "jnats", 1.0, 2.0)))
            rows.single().client shouldBe "jnats"
            rows.single().failures shouldBe 1
            rows.single().speedToMidge.shouldBeNull()
        }

        test("the JSON has the figures as plain decimals, the machine and the versions") {
            val rows = resultsOf(listOf(outcome(Scenario.Publish, "midge", 6_512_345.126, 1.0)))
            val json = Json.parseToJsonElement(Report(rows, Machine.here(), builtInVersions()).toJson()).jsonObject
            val row = json.getValue("results").jsonArray.single().jsonObject
            row.keys.take(7) shouldContainExactly listOf("scenario", "size", "client", "median", "min", "max", "unit")
            row.getValue("max").toString() shouldBe "6512345.13"
            row.getValue("rounds").jsonArray shouldHaveSize 2
            row shouldNotContainKey "p99"
            json.getValue("machine").jsonObject shouldContainKey "cores"
            json.getValue("versions").jsonObject.keys shouldBe setOf("jmh", "jnats", "midge")
        }
    })
