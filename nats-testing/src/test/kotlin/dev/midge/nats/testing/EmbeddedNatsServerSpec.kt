package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.IOException
import java.time.Duration

class EmbeddedNatsServerSpec :
    FunSpec({
        test("a server tells its address and counts its clients and subscriptions") {
            EmbeddedNatsServer.start().use { server ->
                server.url shouldBe "nats://127.0.0.1:${server.port}"
                server.connections shouldBe 0
                RawClient(server.port).use { client ->
                    client.send("SUB a 1", "SUB b 2", "UNSUB 1")
                    client.linesUntilPong()
                    server.connections shouldBe 1
                    server.subscriptions shouldBe 1
                    client.send("FOO")
                    client.linesUntilClosed()
                    server.connections shouldBe 0
                    server.subscriptions shouldBe 0
                }
            }
        }

        test("a closed server cuts its clients off and frees its port") {
            val server = EmbeddedNatsServer.start()
            RawClient(server.port).use { client ->
                server.close()
                client.linesUntilClosed().shouldBeEmpty()
            }
            server.close()
            server.awaitClosed()
            EmbeddedNatsServer.start { port = server.port }.use { again ->
                RawClient(again.port).use { it.linesUntilPong().shouldBeEmpty() }
            }
        }

        test("a port that is taken is refused by its number") {
            EmbeddedNatsServer.start().use { server ->
                shouldThrow<IOException> { EmbeddedNatsServer.start { port = server.port } }.message shouldContain "${server.port}"
            }
        }

        test("a client too many is told and cut off") {
            EmbeddedNatsServer.start { maxConnections = 1 }.use { server ->
                RawClient(server.port).use { first ->
                    RawClient(server.port).use { it.linesUntilClosed() shouldContainExactly listOf("-ERR 'maximum connections exceeded'") }
                    first.linesUntilPong().shouldBeEmpty()
                }
            }
        }

        test("limits are the ones that were chosen, and INFO tells them") {
            val server =
                EmbeddedNatsServer.start {
                    maxPayload = 10
                    maxControlLine = 512
                    serverName = "some \"name\""
                }
            server.use {
                RawClient(server.port).use { client ->
                    client.info shouldContain "\"max_payload\":10,"
                    client.info shouldContain "\"server_name\":\"some \\\"name\\\"\""
                    client.send("PUB a 11")
                    client.linesUntilClosed() shouldContainExactly listOf("-ERR 'Maximum Payload Violation'")
                }
                RawClient(server.port).use { client ->
                    client.send("SUB ${"a".repeat(600)} 1")
                    client.linesUntilClosed() shouldContainExactly listOf("-ERR 'maximum control line exceeded'")
                }
            }
        }

        test("several users and a token are let in side by side") {
            val server =
                EmbeddedNatsServer.start {
                    user("joe", "one")
                    user("ann", "two")
                    token("three")
                }
            server.use {
                val accepted = listOf(""""user":"joe","pass":"one"""", """"user":"ann","pass":"two"""", """"auth_token":"three"""")
                accepted.forEach { credentials ->
                    RawClient(server.port).use { client ->
                        client.send("CONNECT {$credentials}")
                        client.readLine() shouldBe "+OK"
                    }
                }
                RawClient(server.port).use { client ->
                    client.send("""CONNECT {"user":"joe","pass":"two"}""")
                    client.linesUntilClosed() shouldContainExactly listOf("-ERR 'Authorization Violation'")
                }
            }
        }

        test("who connects in time is not cut off by the authentication timeout") {
            val server =
                EmbeddedNatsServer.start {
                    token("t")
                    authTimeout = Duration.ofMillis(200)
                }
            server.use {
                RawClient(server.port).use { quick ->
                    quick.send("""CONNECT {"auth_token":"t","verbose":false}""")
                    // The other's end shows that the time is over.
                    RawClient(server.port).use { it.linesUntilClosed() shouldContainExactly listOf("-ERR 'Authentication Timeout'") }
                    quick.linesUntilPong().shouldBeEmpty()
                }
            }
        }

        test("options out of their range are refused") {
            shouldThrow<IllegalArgumentException> { EmbeddedNatsServer.start { port = -1 } }.message shouldContain "-1"
            shouldThrow<IllegalArgumentException> { EmbeddedNatsServer.start { maxPayload = 0 } }.message shouldContain "maxPayload"
            shouldThrow<IllegalArgumentException> { EmbeddedNatsServer.start { maxControlLine = 1 } }.message shouldContain "512"
            shouldThrow<IllegalArgumentException> { EmbeddedNatsServer.start { authTimeout = Duration.ZERO } }.message shouldContain "PT0S"
        }
    })
