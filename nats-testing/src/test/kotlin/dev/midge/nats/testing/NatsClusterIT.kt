package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import java.net.URI
import java.time.Duration

class NatsClusterIT :
    FunSpec({
        test("three nodes form a cluster that routes a message") {
            NatsCluster.start().use { cluster ->
                cluster.urls.distinct() shouldHaveSize 3
                cluster.routesMessage(from = 0, to = 2)
            }
        }

        test("a cluster is whole again after a node was killed and restarted") {
            NatsCluster.start().use { cluster ->
                cluster.nodes[0].kill()
                cluster.nodes[0].restart()
                cluster.awaitFormed()
                cluster.routesMessage(from = 0, to = 1)
            }
        }

        test("each node in turn goes lame duck, ends, and is back on its port") {
            val patient =
                NatsServerProcessOptions
                    .builder()
                    // The shortest times that the server allows; with few clients it ends soon after the grace period.
                    .config("lame_duck_duration: \"30s\", lame_duck_grace_period: \"100ms\"")
                    .build()
            NatsCluster.start(options = patient).use { cluster ->
                val urls = cluster.urls
                cluster.nodes.forEach { node ->
                    RawClient(node.port).use { client ->
                        client.send("""CONNECT {"verbose":false,"protocol":1}""")
                        client.linesUntilPong()
                        node.signal("ldm")
                        // Gossip may follow it.
                        client.linesUntilClosed().any { it.startsWith("INFO") && "\"ldm\":true" in it } shouldBe true
                    }
                    node.awaitExit(Duration.ofSeconds(30)) shouldBe true
                    node.restart()
                    cluster.awaitFormed()
                }
                cluster.urls shouldBe urls
                cluster.routesMessage(from = 0, to = 2)
            }
        }

        test("a cluster with JetStream is started when it has a leader") {
            NatsCluster.start { jetStream = true }.use { cluster ->
                val meta = URI("${cluster.nodes[1].monitorUrl}/jsz").toURL().readText()
                Regex("\"leader\": \"node-[123]\"").containsMatchIn(meta) shouldBe true
            }
        }
    })

private fun NatsCluster.routesMessage(from: Int, to: Int) {
    RawClient(nodes[to].port).use { subscriber ->
        RawClient(nodes[from].port).use { publisher ->
            subscriber.send(QUIET, "SUB greeting 7")
            subscriber.linesUntilPong()
            publisher.send(QUIET)
            // Interest travels along the route on its own time: until it has arrived, there are no responders.
            publisher.send("SUB inbox 1")
            do {
                publisher.send("PUB greeting inbox 2", "hi")
                val unheard = publisher.linesUntilPong().any { "503" in it }
            } while (unheard)
            subscriber.readLine() shouldBe "MSG greeting 7 inbox 2"
            subscriber.readLine() shouldBe "hi"
        }
    }
}

private const val QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}"
