package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.doubles.shouldBeGreaterThan
import io.kotest.matchers.doubles.shouldBeGreaterThanOrEqual
import io.kotest.matchers.maps.shouldContainKeys
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

private fun JsonObject.number(name: String): Double = getValue(name).jsonPrimitive.double

/** The whole program against a real server, with counts that say nothing about speed. */
class CompareIT :
    FunSpec({
        val server = NatsServerProcess.start()
        afterSpec { server.close() }

        val quick = "--server ${server.url} --sizes 16 --rounds 2 --warm-up 0.01 --messages 500"

        test("compare prints a line a client in every scenario, and writes the same as JSON") {
            val json = tempfile("compare", ".json")
            val result = natsBench().test("compare --peers raw,jnats,midge-inline $quick --json $json")
            result.statusCode shouldBe 0
            val report = Json.parseToJsonElement(json.readText()).jsonObject
            val rows = report.getValue("results").jsonArray.map { it.jsonObject }
            rows shouldHaveSize 16
            rows.groupBy { it.text("scenario") }.forEach { (scenario, ofScenario) ->
                ofScenario.map { it.text("client") } shouldContainExactly listOf("midge", "raw", "jnats", "midge-inline")
                ofScenario.map { it.text("unit") }.distinct() shouldContainExactly listOf(if (scenario == "request") "µs" else "msg/s")
            }
            rows.forEach {
                it.number("messages") shouldBe 500.0
                it.number("failures") shouldBe 0.0
                it.number("min") shouldBeGreaterThan 0.0
                it.number("median") shouldBeGreaterThanOrEqual it.number("min")
                it.number("max") shouldBeGreaterThanOrEqual it.number("median")
            }
            report.getValue("versions").jsonObject.shouldContainKeys("midge", "jnats", "nats-server")
            listOf("publish", "pubsub", "request-256", "µs", "vs midge").forEach { result.stdout shouldContain it }
            result.stderr shouldContain "round 2 of 2, jnats"
        }

        test("clients whose requests block have a thread for each") {
            val result = natsBench().test("compare --peers midge-java,jnats-threads $quick")
            result.statusCode shouldBe 0
            listOf("publish", "pubsub", "request", "request-256").forEach { scenario ->
                listOf("midge-java", "jnats-threads").forEach {
                    result.stderr shouldContain Regex("$scenario 16 B, round 2 of 2, $it: [1-9]")
                }
            }
        }

        test("compare measures by TLS, without those who cannot") {
            val json = tempfile("compare", ".json")
            val result = natsBench().test("compare --tls --sizes 16 --rounds 1 --warm-up 0.01 --messages 500 --json $json")
            result.statusCode shouldBe 0
            val rows = Json.parseToJsonElement(json.readText()).jsonObject.getValue("results").jsonArray.map { it.jsonObject }
            rows.map { it.text("client") }.distinct() shouldContainExactly listOf("midge", "jnats")
            rows.forEach { it.number("failures") shouldBe 0.0 }
        }

        test("plain sockets by Ktor, and Redis by Lettuce, are compared where there is no request") {
            val result = natsBench().test("compare --peers ktor,lettuce --scenarios publish,pubsub $quick")
            result.statusCode shouldBe 0
            for (scenario in listOf("publish", "pubsub")) {
                for (client in listOf("ktor", "lettuce")) result.stderr shouldContain Regex("$scenario 16 B, round 2 of 2, $client: [1-9]")
            }
        }

        test("an unknown client is a usage error that names the known ones") {
            val result = natsBench().test("compare --peers nobody")
            result.statusCode shouldBe 1
            result.stderr shouldContain "the clients are [midge, midge-handler, midge-inline, midge-borrowed, midge-default, midge-java, "
        }

        for (client in listOf("midge", "jnats", "raw")) {
            test("pub and request work with $client") {
                natsBench().test("pub --client $client --server ${server.url} --count 1000").stdout shouldContain "1,000 messages of 128 B"
                val request = natsBench().test("request --client $client --server ${server.url} --count 100")
                request.stdout shouldContain "100 requests of 128 B, one at a time: median"
                val inFlight = natsBench().test("request --client $client --server ${server.url} --count 100 --in-flight 8")
                inFlight.stdout shouldContain "8 in flight"
            }
        }
    })
