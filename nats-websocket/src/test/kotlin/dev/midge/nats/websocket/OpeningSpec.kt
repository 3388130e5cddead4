package dev.midge.nats.websocket

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.HttpProxy
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsOptions
import dev.midge.nats.ProtocolException
import dev.midge.nats.WebSocketOptions
import dev.midge.nats.WebSocketRefusedException
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.ktor.http.websocket.websocketServerAccept
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import java.util.Base64
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds

private const val INFO = """INFO {"server_id":"S","version":"2.15.1","max_payload":1048576,"headers":true,"proto":1}""" + "\r\n"

private fun accepting(request: HttpRequest, more: String = "", key: String = request.headers("Sec-WebSocket-Key").single()) =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, upgrade\r\n" +
        "Sec-WebSocket-Accept: ${websocketServerAccept(key)}\r\n$more\r\n"

/** Opens the WebSocket and lets the client in. */
private fun letIn(request: HttpRequest, more: String = "") = HttpReply(accepting(request, more)) { socket ->
    val out = socket.getOutputStream()
    out.write(serverFrame(Opcode.BINARY, INFO.encodeToByteArray()))
    // CONNECT and PING have come when anything has; the PONG may be early, the close that ends this is not waited for.
    socket.getInputStream().read()
    out.write(serverFrame(Opcode.BINARY, "PONG\r\n".encodeToByteArray()))
    while (socket.getInputStream().read() >= 0) continue
}

/** Nobody confirms the closing. */
private fun hasty(options: NatsOptions.Builder) {
    options.timeouts { close = 20.milliseconds }
}

/** What an attempt to connect to a server that replies so fails with. */
private suspend fun failure(configure: NatsOptions.Builder.() -> Unit = {}, reply: (HttpRequest) -> HttpReply?): Throwable =
    ScriptedHttpServer(reply).use { server ->
        NatsConnection("ws://127.0.0.1:${server.port}/nats", configure).use { nats ->
            checkNotNull(shouldThrow<ConnectFailedException> { nats.connect() }.cause)
        }
    }

class OpeningSpec :
    FunSpec({
        test("the request names the path and the host of the URL, and carries fixed headers and supplied ones, which win") {
            ScriptedHttpServer { letIn(it) }.use { server ->
                val attempts = AtomicInteger()
                val options = WebSocketOptions {
                    headers = mapOf("X-Fixed" to "1", "x-token" to "old")
                    headerSupplier = { mapOf("X-Token" to "new ${attempts.incrementAndGet()}") }
                }
                repeat(2) {
                    NatsConnection("ws://user:secret@localhost:${server.port}/nats/ws?room=1") { webSocket = options }.use { it.connect() }
                }
                server.requests.forEach { request ->
                    request.line shouldBe "GET /nats/ws?room=1 HTTP/1.1"
                    request.headers("Host") shouldContainExactly listOf("localhost:${server.port}")
                    request.headers("Upgrade") shouldContainExactly listOf("websocket")
                    request.headers("Connection") shouldContainExactly listOf("Upgrade")
                    request.headers("Sec-WebSocket-Version") shouldContainExactly listOf("13")
                    request.headers("Sec-WebSocket-Extensions").shouldHaveSize(0)
                    request.headers("X-Fixed") shouldContainExactly listOf("1")
                    Base64.getDecoder().decode(request.headers("Sec-WebSocket-Key").single()).size shouldBe 16
                }
                server.requests.map { it.headers("X-Token") } shouldContainExactly listOf(listOf("new 1"), listOf("new 2"))
            }
        }

        test("wherever onConnecting leads, the host of the request is that of the URL") {
            ScriptedHttpServer { letIn(it) }.use { server ->
                NatsConnection("ws://nats.example") {
                    onConnecting = { it.at(host = "127.0.0.1", port = server.port) }
                }.use { it.connect() }
                server.requests.single().headers("Host") shouldContainExactly listOf("nats.example")
                server.requests.single().line shouldBe "GET / HTTP/1.1"
            }
        }

        test("the request line holds path and query as the URL has them") {
            val targets = mapOf(
                "" to "/",
                "/" to "/",
                "/a/b/" to "/a/b/",
                "/a//" to "/a//",
                "?x=1/" to "/?x=1/",
                "/a?x=%2F&y=/&z=?" to "/a?x=%2F&y=/&z=?",
            )
            ScriptedHttpServer { letIn(it) }.use { server ->
                for (written in targets.keys) NatsConnection("ws://127.0.0.1:${server.port}$written", ::hasty).use { it.connect() }
                server.requests.map { it.line } shouldContainExactly targets.values.map { "GET $it HTTP/1.1" }
            }
        }

        test("the Host of the request has the port unless it is the scheme's own, and never the zone of an address") {
            val hosts = mapOf(
                "ws://a.example" to "a.example",
                "ws://a.example:80" to "a.example",
                "ws://a.example:443" to "a.example:443",
                "ws://[fe80::1%eth0]" to "[fe80::1]",
                "ws://[fe80::1%eth0]:8080" to "[fe80::1]:8080",
            )
            ScriptedHttpServer { letIn(it) }.use { server ->
                for (url in hosts.keys) {
                    NatsConnection(url) {
                        hasty(this)
                        onConnecting = { it.at(host = "127.0.0.1", port = server.port) }
                    }.use { it.connect() }
                }
                server.requests.flatMap { it.headers("Host") } shouldContainExactly hosts.values
            }
        }

        test("subprotocols are asked for in order, and the server takes one of them or none") {
            val options = WebSocketOptions { subprotocols = listOf("nats.v2", "nats") }
            for (chosen in listOf("", "Sec-WebSocket-Protocol: nats\r\n")) {
                ScriptedHttpServer { letIn(it, chosen) }.use { server ->
                    NatsConnection("ws://127.0.0.1:${server.port}") {
                        hasty(this)
                        webSocket = options
                    }.use { it.connect() }
                    server.requests.single().headers("Sec-WebSocket-Protocol") shouldContainExactly listOf("nats.v2, nats")
                }
            }
            for (other in listOf("mqtt", "NATS", "nats, nats.v2")) {
                val violation = failure({ webSocket = options }) { HttpReply(accepting(it, "Sec-WebSocket-Protocol: $other\r\n")) }
                violation.shouldBeInstanceOf<ProtocolException>().message shouldContain "names a subprotocol, which was not asked for"
            }
        }

        test("a head is read up to its limit, whatever the length of a line in it") {
            val long = "X-Long: ${"x".repeat(15_000)}\r\n"
            ScriptedHttpServer { letIn(it, long) }.use { server ->
                NatsConnection("ws://127.0.0.1:${server.port}", ::hasty).use { it.connect() }
            }
            val reason = "r".repeat(15_000)
            failure { HttpReply("HTTP/1.1 403 $reason\r\n\r\n") }.shouldBeInstanceOf<WebSocketRefusedException>().status shouldBe 403
        }

        test("what onConnecting answers reaches neither server nor proxy unless it is a host and a port") {
            ScriptedHttpServer { null }.use { proxy ->
                val targets = listOf("a\r\nX: y" to 1, "a b" to 1, "" to 1, "a/b" to 1, "joe@a" to 1, "a" to 0, "a" to 65_536)
                for ((host, port) in targets) {
                    val refusal = failure({
                        webSocket { this.proxy = HttpProxy("127.0.0.1", proxy.port) }
                        onConnecting = { it.at(host = host, port = port) }
                        timeouts { connect = 500.milliseconds }
                    }) { null }
                    refusal.message shouldContain "onConnecting"
                    refusal.message!! shouldNotContain "\n"
                }
                proxy.requests.shouldHaveSize(0)
            }
        }

        test("any other answer than 101 is a refusal with its status") {
            for (status in listOf("200 OK", "301 Moved Permanently", "401 Unauthorized", "404 Not Found", "503 Service Unavailable")) {
                val refusal = failure { HttpReply("HTTP/1.1 $status\r\nContent-Length: 2\r\n\r\nno") }
                refusal.shouldBeInstanceOf<WebSocketRefusedException>().status shouldBe status.take(3).toInt()
                refusal.message shouldContain "answered $status instead of opening a WebSocket"
            }
        }

        test("an answer that does not follow the RFC is a protocol violation") {
            val answers = mapOf<String, (HttpRequest) -> String>(
                "has not read the request's key" to { accepting(it, key = "another") },
                "names a subprotocol" to { accepting(it, "Sec-WebSocket-Protocol: mqtt\r\n") },
                "not offered: [permessage" to { accepting(it, "Sec-WebSocket-Extensions: permessage-deflate\r\n") },
                "to what it upgrades" to { accepting(it).replace("websocket", "h2c") },
                "does not upgrade" to { accepting(it).replace("upgrade\r\n", "close\r\n") },
                "does not answer by HTTP" to { "INFO {}\r\n\r\n" },
                "does not answer by HTTP;" to { "HTTP/1.1 what\r\n\r\n" },
                "does not answer by HTTP; the" to { "HTTP/1.1 101 x\r\nno header\r\n\r\n" },
                "does not answer by HTTP; the URL" to { "HTTP/1.1 101 x\r\na header: x\r\n\r\n" },
                "does not answer by HTTP; the URL has" to { "HTTP/2000 101 x\r\n\r\n" },
                "no end within 16384 B" to { "HTTP/1.1 101 x\r\n" + "X-Header: value\r\n".repeat(2_000) },
            )
            answers.forEach { (words, answer) ->
                failure { HttpReply(answer(it)) }.shouldBeInstanceOf<ProtocolException>().message shouldContain words
            }
        }

        test("no answer is a failure within the connect timeout, a closed connection at once") {
            failure({ timeouts { connect = 200.milliseconds } }) { null }.message shouldContain "within 200ms"
            failure { HttpReply("HTTP/1.1 101") { it.close() } }.shouldBeInstanceOf<ConnectionLostException>()
        }

        test("an exception of the supplier and a header that cannot be sent fail the attempt") {
            failure({ webSocket { headerSupplier = { error("no token") } } }) { null }.message shouldContain "no token"
            val injected = failure({ webSocket { headerSupplier = { mapOf("X" to "1\r\nY: 2") } } }) { null }
            injected.message shouldContain "the value of 'X' holds characters"
            injected.message shouldNotContain "Y: 2"
        }

        test("a text message ends the connection as a protocol violation") {
            ScriptedHttpServer { request ->
                HttpReply(accepting(request)) { it.getOutputStream().write(serverFrame(Opcode.TEXT, INFO.encodeToByteArray())) }
            }.use { server ->
                val nats = NatsConnection("ws://127.0.0.1:${server.port}")
                val cause = shouldThrow<ConnectFailedException> { nats.connect() }.cause
                cause.shouldBeInstanceOf<ProtocolException>().message shouldContain "text message"
                nats.close()
            }
        }

        test("a proxy is asked for the server by name, with its credentials, and what it refuses is said") {
            ScriptedHttpServer { letIn(it) }.use { server ->
                ScriptedHttpServer { HttpReply("HTTP/1.1 200 Connection established\r\n\r\n", tunnelTo(it)) }.use { proxy ->
                    val options = WebSocketOptions { this.proxy = HttpProxy("127.0.0.1", proxy.port, "joe", "pr0xy-s3cret") }
                    NatsConnection("ws://localhost:${server.port}/a") { webSocket = options }.use { it.connect() }
                    val request = proxy.requests.single()
                    request.line shouldBe "CONNECT localhost:${server.port} HTTP/1.1"
                    request.headers("Host") shouldContainExactly listOf("localhost:${server.port}")
                    request.headers("Proxy-Authorization") shouldContainExactly
                        listOf("Basic " + Base64.getEncoder().encodeToString("joe:pr0xy-s3cret".encodeToByteArray()))
                    server.requests.single().headers("Proxy-Authorization").shouldHaveSize(0)
                    server.requests.single().line shouldBe "GET /a HTTP/1.1"
                }
            }
            ScriptedHttpServer { HttpReply("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") }.use { proxy ->
                val refusal = failure({ webSocket { this.proxy = HttpProxy("127.0.0.1", proxy.port) } }) { null }
                refusal.shouldBeInstanceOf<WebSocketRefusedException>().status shouldBe 407
                refusal.message shouldContain "the proxy 127.0.0.1:${proxy.port} answered 407"
            }
        }

        test("headers, the proxy's password and what a URL carries are in no text") {
            ScriptedHttpServer { HttpReply("HTTP/1.1 403 Forbidden\r\n\r\n") }.use { server ->
                val nats = NatsConnection("ws://joe:s3cret1@127.0.0.1:${server.port}/p?token=s3cret2") {
                    webSocket {
                        headers = mapOf("Authorization" to "s3cret3")
                        headerSupplier = { mapOf("Cookie" to "s3cret4") }
                    }
                    reconnect {
                        retryFirstConnect = true
                        maxReconnects = 1
                        wait = 1.milliseconds
                        jitter = 1.milliseconds
                    }
                }
                val texts = ArrayList<String>()
                coroutineScope {
                    val told = CompletableDeferred<Unit>()
                    val failed = async(start = CoroutineStart.UNDISPATCHED) {
                        nats.events.filterIsInstance<NatsEvent.ReconnectFailed>().first().also { told.complete(Unit) }
                    }
                    shouldThrow<ConnectFailedException> { nats.connect() }.let { texts += it.stackTraceToString() }
                    texts += failed.await().toString()
                }
                texts += nats.toString()
                texts += nats.options.toString()
                texts += nats.options.webSocket.toString()
                texts += HttpProxy("p", 1, "joe", "s3cret5").toString()
                texts.forEach { it shouldNotContain "s3cret" }
                nats.options.webSocket.toString() shouldContain "Authorization"
                nats.close()
            }
        }
    })
