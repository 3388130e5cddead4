package dev.midge.nats.scripted

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.ProtocolException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.io.IOException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun outcome(nats: NatsConnection, dialogue: suspend () -> Unit): Result<Unit> = coroutineScope {
    val connecting = async { runCatching { nats.connect() } }
    dialogue()
    connecting.await()
}

class HandshakeSpec :
    FunSpec({
        test("CONNECT says what the options say, and no more") {
            val network = ScriptedNetwork()
            val nats = network.connection {
                name = "orders"
                echo = false
                auth = NatsAuth.UserPassword("joe", "s3cret")
            }
            coroutineScope {
                launch { nats.connect() }
                val connect = network.accept().letIn()
                val json = Json.parseToJsonElement(connect.removePrefix("CONNECT ")).jsonObject
                json["verbose"] shouldBe JsonPrimitive(false)
                json["pedantic"] shouldBe JsonPrimitive(false)
                json["echo"] shouldBe JsonPrimitive(false)
                json["headers"] shouldBe JsonPrimitive(true)
                json["no_responders"] shouldBe JsonPrimitive(true)
                json["name"] shouldBe JsonPrimitive("orders")
                json["lang"] shouldBe JsonPrimitive("kotlin")
                json["protocol"] shouldBe JsonPrimitive(1)
                json["user"] shouldBe JsonPrimitive("joe")
                json["pass"] shouldBe JsonPrimitive("s3cret")
                json.keys shouldContainExactlyInAnyOrder
                    "verbose pedantic echo headers no_responders tls_required name lang version protocol user pass".split(' ')
            }
            nats.close()
        }

        test("a value of the options cannot inject a protocol line") {
            val network = ScriptedNetwork()
            val nats = network.connection {
                name = "a\r\nPUB x 0\r\n\r\n"
                auth = NatsAuth.Token("t\"}\r\nSUB > 1")
            }
            coroutineScope {
                launch { nats.connect() }
                val connect = network.accept().letIn()
                Json.parseToJsonElement(connect.removePrefix("CONNECT ")).jsonObject["name"] shouldBe JsonPrimitive("a\r\nPUB x 0\r\n\r\n")
            }
            nats.close()
        }

        test("INFO may come in pieces, and with fields that this client does not know") {
            val network = ScriptedNetwork()
            val nats = network.connection()
            coroutineScope {
                launch { nats.connect() }
                val server = network.accept()
                for (piece in """INFO {"max_payload":77,"headers":true,"future":{"x":[1]},"nonce":null}""".chunked(5)) server.send(piece)
                server.send("\r\n")
                server.line()
                server.line()
                server.send("PONG\r\n")
            }
            nats.serverInfo.value!!.maxPayload shouldBe 77
            nats.close()
        }

        context("what is no handshake fails the attempt, closes the socket and leaves the connection to be tried again") {
            withTests(
                nameFn = { it.take(50).replace("\r\n", "␍␊") },
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "INFO\r\n",
                "INFO [1]\r\n",
                "INFO {\"max_payload\":\"many\"}\r\n",
                "INFO {\"max_payload\":-1}\r\n",
                "INFO {\"connect_urls\":{}}\r\n",
                "PONG\r\n",
                "MSG a 1 0\r\n\r\n",
                "\u0000\u0001\u0002\r\n",
            ) { words ->
                val network = ScriptedNetwork()
                val nats = network.connection()
                outcome(nats) {
                    val server = network.accept()
                    server.send(words)
                    server.closedByClient.await()
                }.exceptionOrNull().shouldBeInstanceOf<ConnectFailedException>().cause.shouldBeInstanceOf<ProtocolException>()
                nats.state.value shouldBe ConnectionState.Idle
                coroutineScope {
                    launch { nats.connect() }
                    network.accept().letIn()
                }
                nats.state.value shouldBe ConnectionState.Connected
                nats.close()
            }
        }

        test("a refusal of the credentials is an AuthenticationException, also before INFO") {
            for (early in listOf(true, false)) {
                val network = ScriptedNetwork()
                val nats = network.connection()
                val error = outcome(nats) {
                    val server = network.accept()
                    if (!early) {
                        server.send("INFO ${ScriptedServer.INFO}\r\n")
                        server.line()
                    }
                    server.send("-ERR 'Authorization Violation'\r\n")
                }.exceptionOrNull().shouldBeInstanceOf<AuthenticationException>()
                error.message shouldContain "Authorization Violation"
            }
        }

        test("another error of the handshake is named") {
            val network = ScriptedNetwork()
            val nats = network.connection()
            val error = outcome(nats) { network.accept().send("-ERR 'maximum connections exceeded'\r\n") }.exceptionOrNull()
            error.shouldBeInstanceOf<ConnectFailedException>().message shouldContain "maximum connections exceeded"
        }

        context("every stage of connecting is bounded by the connect timeout, and leaves no socket open") {
            withTests(
                nameFn = { (stage, _) -> stage },
                listOf<Pair<String, suspend (ScriptedServer) -> Unit>>(
                    "no INFO" to { },
                    "half an INFO" to { it.send("INFO {") },
                    "no PONG" to { it.send("INFO ${ScriptedServer.INFO}\r\n") },
                ),
            ) { (_, dialogue) ->
                val network = ScriptedNetwork()
                val nats = network.connection { timeouts { connect = 100.milliseconds } }
                outcome(nats) {
                    val server = network.accept()
                    dialogue(server)
                    server.closedByClient.await()
                }.exceptionOrNull().shouldBeInstanceOf<ConnectFailedException>().message shouldContain "100ms"
            }
        }

        test("servers are tried in turn, and the failures of all are told") {
            val network = ScriptedNetwork()
            network.refusal = IOException("refused")
            val nats = network.connection("nats://a:1,nats://b:2,nats://c:3") { randomizeServers = false }
            val error = shouldThrow<ConnectFailedException> { nats.connect() }
            network.attempts shouldContainExactly listOf("a:1", "b:2", "c:3")
            error.suppressed.size shouldBe 2
            error.cause.shouldBeInstanceOf<IOException>()
            nats.state.value shouldBe ConnectionState.Idle
        }

        test("a caller that gives up does not end the attempt that others wait for") {
            val network = ScriptedNetwork()
            val nats = network.connection()
            coroutineScope {
                val impatient = launch(start = CoroutineStart.UNDISPATCHED) { nats.connect() }
                val patient = async { nats.connect() }
                val server = network.accept()
                impatient.cancelAndJoin()
                server.letIn()
                patient.await()
            }
            network.attempts.size shouldBe 1
            nats.close()
        }

        test("closing ends an attempt that is under way, and tells those who wait for it") {
            val network = ScriptedNetwork()
            val nats = network.connection()
            coroutineScope {
                val connecting = async { runCatching { nats.connect() } }
                val server = network.accept()
                nats.close()
                server.closedByClient.await()
                connecting.await().exceptionOrNull().shouldBeInstanceOf<ConnectionClosedException>()
            }
            nats.state.value shouldBe ConnectionState.Closed
        }

        test("draining while connecting waits for the attempt, and sends what was waiting for it") {
            val network = ScriptedNetwork()
            val nats = network.connection { timeouts { close = 5.seconds } }
            // One thread: who waited first goes on first.
            withContext(Dispatchers.Default.limitedParallelism(1)) {
                launch(start = CoroutineStart.UNDISPATCHED) { nats.publish("early") }
                val draining = launch(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
                val server = network.accept()
                server.letIn()
                val lines = ArrayList<String>()
                while (true) {
                    val line = server.line() ?: break
                    lines += line
                    if (line == "PING") server.send("PONG\r\n")
                }
                draining.join()
                lines.first { it.startsWith("PUB") } shouldBe "PUB early 0"
            }
            nats.state.value shouldBe ConnectionState.Closed
        }
    })
