package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import dev.midge.nats.testing.fixtures.TcpTarget
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.testing.fixtures.overTls
import dev.midge.nats.testing.fixtures.receiveLine
import dev.midge.nats.testing.fixtures.send
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldStartWith
import java.net.URI
import java.net.http.HttpClient
import java.net.http.WebSocket
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.TimeUnit

/** What a configuration says is so, in each version. */
class NatsServerConfigurationIT :
    FunSpec({
        for (wanted in listOf("2.9.10", "2.10.27", "2.15.1")) {
            test("$wanted speaks TLS and asks for the client's certificate") {
                NatsServerProcess.start {
                    version = wanted
                    config = TestCertificates.goodIp.serverConfig(*TestCertificates.authority.verify)
                }.use { server ->
                    TcpTarget.connect(server.port).use { plain ->
                        plain.receiveLine() shouldContain "\"tls_verify\":true"
                        plain.overTls(TestCertificates.authority.clientContext(TestCertificates.client)).use { client ->
                            client.send("CONNECT {\"verbose\":false}\r\nPING\r\n")
                            client.receiveLine() shouldBe "PONG"
                        }
                    }
                }
            }

            test("$wanted is reached by WebSocket, on the same port after a restart") {
                NatsServerProcess.start {
                    version = wanted
                    config = "websocket { port: \$WEBSOCKET_PORT, no_tls: true }"
                }.use { server ->
                    val url = server.websocketUrl
                    url shouldBe "ws://127.0.0.1:${server.websocketPort}"
                    firstWebSocketBytes(url) shouldStartWith "INFO {"
                    server.kill()
                    server.restart()
                    server.websocketUrl shouldBe url
                    firstWebSocketBytes(url) shouldStartWith "INFO {"
                }
            }

            test("$wanted lets users in as configured, and its monitoring shows their subscriptions") {
                NatsServerProcess.start {
                    version = wanted
                    config = "authorization { user: joe, password: secret }"
                }.use { server ->
                    RawClient(server.port).use { client ->
                        client.send("""CONNECT {"verbose":false,"user":"joe","pass":"wrong"}""")
                        client.linesUntilClosed() shouldContainExactly listOf("-ERR 'Authorization Violation'")
                    }
                    RawClient(server.port).use { client ->
                        client.send("""CONNECT {"verbose":false,"user":"joe","pass":"secret"}""", "SUB some.subject 1")
                        client.linesUntilPong()
                        URI("${server.monitorUrl}/connz?subs=1").toURL().readText() shouldContain "\"some.subject\""
                    }
                }
            }
        }

        test("a server without WebSocket says how to get it") {
            NatsServerProcess.start().use { server ->
                shouldThrow<IllegalStateException> { server.websocketPort }.message shouldEndWith "websocket { port: \$WEBSOCKET_PORT }."
            }
        }
    })

/** What the server says first, within one frame. */
private fun firstWebSocketBytes(url: String): String {
    val first = CompletableFuture<String>()
    val listener =
        object : WebSocket.Listener {
            override fun onBinary(webSocket: WebSocket, data: ByteBuffer, last: Boolean): CompletionStage<*>? {
                first.complete(Charsets.UTF_8.decode(data).toString())
                return null
            }
        }
    val webSocket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI(url), listener).get(5, TimeUnit.SECONDS)
    return first.get(5, TimeUnit.SECONDS).also { webSocket.abort() }
}
