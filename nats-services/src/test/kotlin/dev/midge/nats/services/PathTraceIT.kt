package dev.midge.nats.services

import dev.midge.nats.NatsConnection
import dev.midge.nats.services.fixtures.serviceTest
import dev.midge.nats.services.fixtures.until
import dev.midge.nats.testing.NatsCluster
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.seconds

class PathTraceIT :
    FunSpec({
        test("the servers of a cluster say who would get a message, and nobody gets it") {
            withContext(Dispatchers.Default) {
                NatsCluster.start(3) {
                    version = "2.15.1"
                    jetStream = true
                }.use { cluster ->
                    val clients = cluster.urls.mapIndexed { index, url -> NatsConnection(url) { name = "client-$index" } }
                    try {
                        val plain = clients[1].subscribe("orders.*")
                        clients[2].subscribe("orders.new", queueGroup = "workers")
                        clients.forEach { it.flush() }
                        // What is subscribed at one server has to be known to the others.
                        until { clients[0].tracePath("orders.new", 30.seconds).receivers.size == 2 }
                        val trace = clients[0].tracePath("orders.new", 30.seconds)
                        trace.isComplete shouldBe true
                        trace.servers.map { it.id }.toSet().size shouldBe 3
                        trace.root.id shouldBe clients[0].serverInfo.value!!.serverId
                        trace.root.events.first().apply {
                            type shouldBe TraceEvent.Type.INGRESS
                            kind shouldBe TraceEvent.Kind.CLIENT
                            name shouldBe "client-0"
                            subject shouldBe "orders.new"
                        }
                        trace.receivers.map { it.name } shouldContainExactlyInAnyOrder listOf("client-1", "client-2")
                        trace.receivers.single { it.name == "client-2" }.queueGroup shouldBe "workers"
                        trace.receivers.single { it.name == "client-1" }.subject shouldBe "orders.*"
                        trace.toString() shouldContain "queue group workers"
                        plain.receivedMessages shouldBe 0
                    } finally {
                        clients.forEach { it.close() }
                    }
                }
            }
        }

        test("a stream that would store the message is shown, and stores nothing") {
            withContext(Dispatchers.Default) {
                NatsServerProcess.start {
                    version = "2.15.1"
                    jetStream = true
                }.use { server ->
                    NatsConnection(server.url).use { nats ->
                        nats.requestText(
                            "\$JS.API.STREAM.CREATE.ORDERS",
                            """{"name":"ORDERS","subjects":["orders.>"],"storage":"memory"}""",
                        )
                        val trace = nats.tracePath("orders.new", 30.seconds)
                        trace.streams shouldContainExactly listOf("ORDERS")
                        nats.requestText("\$JS.API.STREAM.INFO.ORDERS", "").text() shouldContain "\"messages\":0"
                    }
                }
            }
        }

        serviceTest("nobody there is a tree of one server", "2.15.1") {
            val trace = nats.tracePath("$name.none", 30.seconds)
            trace.isComplete shouldBe true
            trace.receivers shouldBe emptyList()
            trace.servers.size shouldBe 1
            nats.stats().subscriptions shouldBe 0
        }

        for (version in listOf("2.9.10", "2.10.27")) {
            serviceTest("a server that cannot trace is told by its version, and nothing is sent", version) {
                val subscription = caller.subscribe("$name.a")
                caller.flush()
                shouldThrow<PathTraceNotSupportedException> { nats.tracePath("$name.a") }.version shouldBe version
                nats.flush()
                caller.flush()
                subscription.receivedMessages shouldBe 0
                nats.stats().subscriptions shouldBe 0
            }
        }
    })
