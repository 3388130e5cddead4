package dev.midge.nats.testing

import dev.midge.nats.testing.EmbeddedServerTls.Mode
import dev.midge.nats.testing.FaultProxy.Direction.SERVER_TO_CLIENT
import dev.midge.nats.testing.fixtures.TcpTarget
import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.testing.fixtures.overTls
import dev.midge.nats.testing.fixtures.receive
import dev.midge.nats.testing.fixtures.receiveAll
import dev.midge.nats.testing.fixtures.receiveLine
import dev.midge.nats.testing.fixtures.send
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import java.net.Socket
import javax.net.ssl.SSLException
import javax.net.ssl.SSLSocket
import kotlin.random.Random

class EmbeddedServerTlsSpec :
    FunSpec({
        test("TLS follows INFO, and everything goes over it") {
            tlsServer().use { server ->
                server.url shouldBe "tls://127.0.0.1:${server.port}"
                TcpTarget.connect(server.port).use { plain ->
                    plain.receiveLine() shouldContain "\"tls_required\":true"
                    plain.overTls(TestCertificates.authority.clientContext()).use { client ->
                        client.shouldAnswer()
                        server.connections shouldBe 1
                    }
                }
            }
        }

        for (version in listOf("TLSv1.2", "TLSv1.3")) {
            test("$version is spoken") {
                tlsServer().use { server ->
                    val plain = TcpTarget.connect(server.port)
                    plain.receiveLine()
                    val context = TestCertificates.authority.clientContext()
                    (context.socketFactory.createSocket(plain, "127.0.0.1", plain.port, true) as SSLSocket).use { client ->
                        client.enabledProtocols = arrayOf(version)
                        client.shouldAnswer()
                        client.session.protocol shouldBe version
                    }
                }
            }
        }

        test("megabytes go both ways at once") {
            tlsServer().use { server ->
                TcpTarget.connect(server.port).secured().use { client ->
                    val payload = "0123456789abcdef".repeat(65_536)
                    val sender = Thread {
                        client.send("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n")
                        repeat(20) { client.send("PUB a ${payload.length}\r\n$payload\r\n") }
                    }.apply { start() }
                    repeat(20) {
                        client.receiveLine() shouldBe "MSG a 1 ${payload.length}"
                        (client.receive(payload.length) == payload) shouldBe true
                        client.receiveLine() shouldBe ""
                    }
                    sender.join()
                }
            }
        }

        test("the handshake comes before INFO if it was to be so") {
            tlsServer(Mode.HANDSHAKE_FIRST).use { server ->
                TcpTarget.connect(server.port).overTls(TestCertificates.authority.clientContext()).use { client ->
                    client.receiveLine() shouldContain "\"tls_required\":true"
                    client.shouldAnswer()
                }
            }
        }

        test("a client that never begins the handshake is cut off, and has heard nothing") {
            tlsServer(Mode.HANDSHAKE_FIRST).use { server ->
                TcpTarget.connect(server.port).use { it.receiveAll() shouldBe "" }
                server.connections shouldBe 0
            }
        }

        test("where TLS is available, a client may do without") {
            tlsServer(Mode.AVAILABLE).use { server ->
                server.url shouldBe "nats://127.0.0.1:${server.port}"
                TcpTarget.connect(server.port).use { client ->
                    client.receiveLine().let {
                        it shouldContain "\"tls_available\":true"
                        it shouldNotContain "tls_required"
                    }
                    client.shouldAnswer()
                }
                TcpTarget.connect(server.port).secured().use { it.shouldAnswer() }
            }
        }

        test("plain text is cut off where TLS is required") {
            tlsServer().use { server ->
                TcpTarget.connect(server.port).use { client ->
                    client.receiveLine()
                    client.send("CONNECT {}\r\nPING\r\n")
                    client.receiveAll() shouldNotContain "PONG"
                }
                server.connections shouldBe 0
            }
        }

        test("a client shows its certificate where one is needed") {
            tlsServer(needsClientCertificate = true).use { server ->
                TcpTarget.connect(server.port).use { plain ->
                    plain.receiveLine() shouldContain "\"tls_verify\":true"
                    plain.overTls(TestCertificates.authority.clientContext(TestCertificates.client)).use { it.shouldAnswer() }
                }
                for (certificate in listOf(null, TestCertificates.selfSigned)) {
                    TcpTarget.connect(server.port).secured(certificate).use { client ->
                        // With TLS 1.3, a client learns that it was refused when it reads. The alert says why.
                        shouldThrow<SSLException> { client.receiveAll() }.message shouldContain "certificate"
                    }
                }
            }
        }

        test("nonsense ends its connection and no other") {
            tlsServer().use { server ->
                TcpTarget.connect(server.port).secured().use { bystander ->
                    val random = Random(7)
                    repeat(200) {
                        TcpTarget.connect(server.port).use { client ->
                            // A record of TLS by its first byte, or anything else.
                            runCatching { client.getOutputStream().write(byteArrayOf(22) + random.nextBytes(random.nextInt(2_000))) }
                            runCatching { client.getOutputStream().write(random.nextBytes(random.nextInt(2_000))) }
                        }
                    }
                    bystander.shouldAnswer()
                }
            }
        }

        test("a server that closes says so over TLS") {
            val server = tlsServer()
            FaultProxy.start(server.port).use { proxy ->
                TcpTarget.connect(proxy.port).secured().use { client ->
                    client.shouldAnswer()
                    val before = proxy.bytes(SERVER_TO_CLIENT)
                    server.close()
                    client.receiveAll() shouldBe ""
                    // The JDK's client reads an end without a good-bye as well: only the bytes tell.
                    proxy.bytes(SERVER_TO_CLIENT) shouldBeGreaterThan before
                }
            }
        }
    })

private fun tlsServer(mode: Mode = Mode.REQUIRED, needsClientCertificate: Boolean = false): EmbeddedNatsServer = EmbeddedNatsServer.start {
    tls = EmbeddedServerTls(TestCertificates.goodIp.serverContext(), mode, needsClientCertificate)
}

private fun Socket.secured(certificate: TestCertificate? = null): SSLSocket {
    receiveLine() shouldStartWith "INFO"
    return overTls(TestCertificates.authority.clientContext(certificate))
}

private fun Socket.shouldAnswer() {
    send("CONNECT {\"verbose\":false}\r\nPING\r\n")
    receiveLine() shouldBe "PONG"
}
