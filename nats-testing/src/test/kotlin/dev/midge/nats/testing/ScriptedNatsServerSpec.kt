package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import dev.midge.nats.testing.fixtures.TcpTarget
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.testing.fixtures.overTls
import dev.midge.nats.testing.fixtures.receive
import dev.midge.nats.testing.fixtures.receiveAll
import dev.midge.nats.testing.fixtures.send
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.net.ServerSocket
import java.net.Socket
import java.time.Duration
import java.util.concurrent.CountDownLatch
import javax.net.ssl.SSLException

class ScriptedNatsServerSpec :
    FunSpec({
        test("a dialogue is held to the byte, over several connections in a row") {
            ScriptedNatsServer.start().use { server ->
                server.accept {
                    handshake() shouldBe "CONNECT {}"
                    expectLine("SUB foo") shouldBe "SUB foo 1"
                    sendInPieces("MSG foo 1 2\r\nhi\r\n", pieceBytes = 3)
                    expect("PUB a 3\r\n")
                    read(3) shouldBe byteArrayOf(0, -1, 10)
                    expect(byteArrayOf(13, 10))
                }
                server.accept { send(byteArrayOf(0, 1, 2)) }
                RawClient(server.port).use { client ->
                    "${client.info}\r\n" shouldBe ScriptedConnection.DEFAULT_INFO
                    client.send("CONNECT {}", "PING", "SUB foo 1")
                    client.readLine() shouldBe "PONG"
                    client.readLine() shouldBe "MSG foo 1 2"
                    client.readLine() shouldBe "hi"
                    client.sendRaw("PUB a 3\r\n\u0000".toByteArray() + byteArrayOf(-1, 10, 13, 10))
                    client.readLineOrNull() shouldBe null
                }
                TcpTarget.connect(server.port).use { it.receiveAll() shouldBe "\u0000\u0001\u0002" }
                server.verify()
            }
        }

        test("another line than the expected one is reported with both, and ends the connection") {
            val failure = failureOf({ expectLine("SUB foo") }) { client ->
                client.send("SUB food 1\r\n")
                client.receiveAll() shouldBe ""
            }
            failure shouldBe "Connection 1: Expected the line \"SUB foo\", but \"SUB food 1\" came."
        }

        test("other bytes than the expected ones are reported with both") {
            failureOf({ expect("PING\r\n") }) { client ->
                client.send("PONG\r\n")
                client.receiveAll()
            } shouldBe "Connection 1: Expected the bytes \"PING\\r\\n\", but \"PONG\\r\\n\" came."
        }

        test("a line that ends with a line feed alone is reported") {
            failureOf({ readLine() }) { client ->
                client.send("PING\n")
                client.receiveAll()
            } shouldContain "ends without \\r"
        }

        test("a client that closes too early is reported with what came before") {
            failureOf({ expectLine("PING") }) { client ->
                client.send("PI")
                client.shutdownOutput()
                client.receiveAll()
            } shouldBe "Connection 1: Expected the line \"PING\", but the client closed after \"PI\"."
        }

        test("a client that says nothing is reported after the time limit") {
            failureOf({ expectLine("PING") }, Duration.ofMillis(50)) { it.receiveAll() } shouldContain
                "Expected the line \"PING\" within PT0.05S, but only \"\" came."
        }

        test("a client that does not close is reported") {
            failureOf({ awaitClose() }, Duration.ofMillis(50)) { it.receiveAll() } shouldContain "no end"
        }

        test("what a script itself throws is reported") {
            failureOf({ error("wrong") }) { it.receiveAll() } shouldBe "Connection 1: wrong"
        }

        test("a connection that never came and a script that is not at its end fail the verification, but not the closing") {
            ScriptedNatsServer.start(timeout = Duration.ofMillis(50)).use { server ->
                val begun = CountDownLatch(1)
                server.accept {
                    begun.countDown()
                    Thread.currentThread().join()
                }
                server.accept { }
                TcpTarget.connect(server.port).use {
                    begun.await()
                    val message = shouldThrow<AssertionError> { server.verify() }.message
                    message shouldContain "Connection 1: the script has not ended within PT0.05S: it is at its start."
                    message shouldContain "Connection 2: the client did not connect within PT0.05S."
                }
            }
        }

        test("a stalled connection stays open and silent, and counts as ended") {
            ScriptedNatsServer.start().use { server ->
                server.accept { stall() }
                TcpTarget.connect(server.port).use { client ->
                    client.send("anything")
                    server.verify()
                    server.close()
                    runCatching { client.receiveAll() }
                }
            }
        }

        test("the end that a client makes is waited for, and what came before is told") {
            ScriptedNatsServer.start().use { server ->
                server.accept { awaitClose().decodeToString() shouldBe "CONNECT" }
                TcpTarget.connect(server.port).use { it.send("CONNECT") }
                server.verify()
            }
        }

        test("a connection can be reset") {
            ScriptedNatsServer.start().use { server ->
                server.accept { reset() }
                TcpTarget.connect(server.port).use { it.shouldBeReset() }
            }
        }

        test("TLS is spoken after INFO") {
            ScriptedNatsServer.start().use { server ->
                server.accept {
                    send("INFO {}\r\n")
                    startTls(TestCertificates.goodIp.serverContext(), needClientCertificate = true)
                    expectLine("PING")
                    send("PONG\r\n")
                }
                TcpTarget.connect(server.port).use { plain ->
                    plain.receive(9) shouldBe "INFO {}\r\n"
                    plain.overTls(TestCertificates.authority.clientContext(TestCertificates.client)).use { client ->
                        client.send("PING\r\n")
                        client.receiveAll() shouldBe "PONG\r\n"
                    }
                }
                server.verify()
            }
        }

        test("plain text where TLS was to begin fails the script") {
            val server = ScriptedNatsServer.start()
            server.accept { startTls(TestCertificates.goodIp.serverContext()) }
            TcpTarget.connect(server.port).use { it.send("CONNECT {}\r\n") }
            shouldThrow<AssertionError> { server.verify() }.message shouldContain "SSL"
            // Reported again, for those who do not verify.
            shouldThrow<AssertionError> { server.close() }.message shouldContain "SSL"
        }

        test("a client without a certificate is refused where one is needed") {
            ScriptedNatsServer.start().use { server ->
                server.accept {
                    shouldThrow<SSLException> { startTls(TestCertificates.goodIp.serverContext(), needClientCertificate = true) }
                }
                TcpTarget.connect(server.port).overTls(TestCertificates.authority.clientContext()).use { client ->
                    shouldThrow<SSLException> { client.receiveAll() }
                }
                server.verify()
            }
        }

        test("closing ends scripts at once, frees the port and leaves no thread") {
            val server = ScriptedNatsServer.start()
            server.accept { expectLine("PING") }
            server.accept { expectLine("PING") }
            server.accept { stall() }
            val clients = List(2) { TcpTarget.connect(server.port) }
            server.close()
            server.close()
            clients.forEach { it.close() }
            Thread.getAllStackTraces().keys.filter { it.name.endsWith("-${server.port}") } shouldBe emptyList()
            ServerSocket(server.port).close()
            shouldThrow<IllegalStateException> { server.accept { } }
        }
    })

private fun failureOf(script: ScriptedConnection.() -> Unit, timeout: Duration = Duration.ofSeconds(5), talk: (Socket) -> Unit): String {
    val server = ScriptedNatsServer.start(timeout = timeout)
    server.accept(script)
    TcpTarget.connect(server.port).use(talk)
    return shouldThrow<AssertionError> { server.close() }.message.orEmpty()
}
