package dev.midge.nats.services

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsOptions
import dev.midge.nats.NatsShards
import dev.midge.nats.Reply
import dev.midge.nats.serialization.request
import dev.midge.nats.services.fixtures.SharedServers
import dev.midge.nats.services.fixtures.serverVersions
import dev.midge.nats.services.fixtures.serviceTest
import dev.midge.nats.services.fixtures.until
import dev.midge.nats.use
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.time.Instant
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

private fun json(text: String) = Json.parseToJsonElement(text)

class ServiceIT :
    FunSpec({
        for (version in serverVersions) {
            serviceTest("endpoints answer with bytes, headers and values, below the prefixes of their groups", version) {
                nats.service(name, "1.2.0") {
                    group(name) {
                        endpoint("echo") { it.payload }
                        endpointWith("headed") { Reply("x".encodeToByteArray(), Headers.of("A", "1")) }
                        group("v1.typed") { endpoint<List<Int>, Map<String, Int>>("sum") { mapOf("sum" to it.sum()) } }
                        endpoint("any", EndpointOptions { subject = "any.*.x" }) { it.subject.encodeToByteArray() }
                    }
                }
                ask("echo", "hello") shouldBe "hello"
                caller.request("$name.headed").headers["A"] shouldBe "1"
                caller.request<List<Int>, Map<String, Int>>("$name.v1.typed.sum", listOf(1, 2, 3)) shouldBe mapOf("sum" to 6)
                ask("any.7.x") shouldBe "$name.any.7.x"
            }

            serviceTest("what a service says of itself has every field, the empty ones too", version) {
                val service = nats.service(name, "1.2.0") {
                    description = "takes orders"
                    metadata = mapOf("team" to "a")
                    endpoint("create", EndpointOptions { subject = "$name.create" }) { it.payload }
                    group(name) { endpoint("all", EndpointOptions { noQueueGroup().metadata(mapOf("k" to "v")) }) { it.payload } }
                }
                val head = """"name":"$name","id":"${service.id}","version":"1.2.0","metadata":{"team":"a"}"""
                val subject = "$name.${service.id}"
                json(caller.request("\$SRV.PING.$subject").text()) shouldBe json("""{"type":"io.nats.micro.v1.ping_response",$head}""")
                json(caller.request("\$SRV.INFO.$subject").text()) shouldBe json(
                    """{"type":"io.nats.micro.v1.info_response",$head,"description":"takes orders","endpoints":[
                    {"name":"create","subject":"$name.create","queue_group":"q","metadata":{}},
                    {"name":"all","subject":"$name.all","queue_group":"","metadata":{"k":"v"}}]}""",
                )
                val stats = json(caller.request("\$SRV.STATS.$subject").text()).jsonObject
                val started = stats.getValue("started")
                Instant.parse((started as JsonPrimitive).content)
                val zeros = """"num_requests":0,"num_errors":0,"last_error":"","processing_time":0,"average_processing_time":0"""
                stats shouldBe json(
                    """{"type":"io.nats.micro.v1.stats_response",$head,"started":$started,"endpoints":[
                    {"name":"create","subject":"$name.create","queue_group":"q",$zeros},
                    {"name":"all","subject":"$name.all","queue_group":"",$zeros}]}""",
                )
            }

            serviceTest("requests are counted with their time, and endpoints add data of their own", version) {
                val service = nats.service(name, "1.2.0") {
                    group(name) {
                        endpoint("a", EndpointOptions { statsData = { """{"cached":3}""" } }) { it.payload }
                        endpoint("b", EndpointOptions { statsData = { "not JSON" } }) { error("no") }
                    }
                }
                repeat(3) { ask("a") }
                runCatching { ask("b") }
                val stats = caller.services().stats(name, service.id).toList().single()
                stats.endpoints.map { it.requests } shouldContainExactly listOf(3, 1)
                stats.endpoints.map { it.errors } shouldContainExactly listOf(0, 1)
                stats.endpoints.map { it.lastError } shouldContainExactly listOf(null, "500:no")
                stats.endpoints.map { it.data } shouldContainExactly listOf("""{"cached":3}""", null)
                val raw = stats.json.getValue("endpoints").jsonArray[0].jsonObject
                val total = raw.getValue("processing_time").jsonPrimitive.long
                total shouldBeGreaterThan 0
                raw.getValue("average_processing_time").jsonPrimitive.long shouldBe total / 3
                service.reset()
                service.stats().endpoints.map { it.requests + it.errors } shouldContainExactly listOf(0, 0)
                service.stats().endpoints.map { it.processingTime } shouldContainExactly listOf(Duration.ZERO, Duration.ZERO)
                service.stats().endpoints[1].lastError shouldBe null
            }

            serviceTest("instances share requests in their queue group, and each gets all without one", version) {
                val shared = List(2) { AtomicInteger() }
                val each = List(2) { AtomicInteger() }
                repeat(2) { instance ->
                    nats.service(name, "1.2.0") {
                        group(name) {
                            endpoint("shared") { ByteArray(0).also { shared[instance].incrementAndGet() } }
                            endpoint("each", EndpointOptions { noQueueGroup() }) { ByteArray(0).also { each[instance].incrementAndGet() } }
                        }
                    }
                }
                repeat(20) { ask("shared") }
                shared.sumOf { it.get() } shouldBe 20
                repeat(5) { ask("each") }
                until { each.all { it.get() == 5 } }
            }

            serviceTest("handlers run side by side if their endpoint says so", version) {
                val both = CompletableDeferred<Unit>()
                val running = AtomicInteger()
                nats.service(name, "1.2.0") {
                    endpoint(
                        "wait",
                        EndpointOptions {
                            subject = "$name.wait"
                            concurrency = 2
                        },
                    ) {
                        if (running.incrementAndGet() == 2) both.complete(Unit)
                        both.await()
                        it.payload
                    }
                }
                List(2) { async { ask("wait", "$it") } }.map { it.await() } shouldContainExactly listOf("0", "1")
            }
        }

        serviceTest("a service works over a pool and over shards", "2.15.1") {
            // Two servers that know nothing of each other: an answer by the wrong one would never come.
            val shards = NatsShards(listOf(server.url, SharedServers.of("2.10.27").url), poolSize = 2)
            val several = listOf(NatsConnectionPool(NatsOptions(server.url), 3), shards)
            for ((index, client) in several.withIndex()) {
                client.use {
                    val own = "$name-$index"
                    val service = client.service(own, "1.2.0") {
                        group(own) {
                            endpoint("echo") { it.payload }
                            endpoint("any", EndpointOptions { subject = "any.*" }) { it.subject.encodeToByteArray() }
                        }
                    }
                    client.requestText("$own.echo", "hello").text() shouldBe "hello"
                    repeat(10) { client.request("$own.any.$it").text() shouldBe "$own.any.$it" }
                    client.services().ping(own, service.id, 10.seconds).toList().single().id shouldBe service.id
                    client.services().info(own, within = 10.seconds).take(1).toList().single().endpoints.size shouldBe 2
                    service.stop()
                    client.services().ping(own).toList() shouldBe emptyList()
                }
            }
        }
    })
