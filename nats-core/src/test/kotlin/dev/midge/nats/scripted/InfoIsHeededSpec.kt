package dev.midge.nats.scripted

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.milliseconds

private const val LAME_DUCK = """{"server_id":"D","version":"2.10.0","proto":1,"headers":true,"ldm":true}"""

class InfoIsHeededSpec :
    FunSpec({
        for (said in listOf("", ""","headers":false""", ""","headers":true""")) {
            test("a server that says {$said} of headers is told that the client takes them, and no responders, or not") {
                val network = ScriptedNetwork()
                val nats = network.connection()
                coroutineScope {
                    launch { nats.connect() }
                    val connect = network.accept().letIn("""{"server_id":"S","proto":1$said}""")
                    val json = Json.parseToJsonElement(connect.removePrefix("CONNECT ")).jsonObject
                    json["headers"] shouldBe JsonPrimitive("true" in said)
                    json["no_responders"] shouldBe JsonPrimitive("true" in said)
                }
                nats.close()
            }
        }

        test("a server that knows no protocol 1 would echo: it is not connected to without") {
            val network = ScriptedNetwork()
            val nats = network.connection { echo = false }
            val failure: Throwable? = coroutineScope {
                val connecting = async { runCatching { nats.connect() } }
                val server = network.accept()
                server.send("""INFO {"server_id":"S","version":"1.0.0"}""" + "\r\n")
                server.closedByClient.await()
                server.written().size shouldBe 0
                connecting.await().exceptionOrNull()
            }
            failure.shouldBeInstanceOf<ConnectFailedException>().message shouldContain "echo is false"
            nats.close()
        }

        test("a server that says in its first INFO that it is about to shut down is left, for one that does not") {
            val network = ScriptedNetwork()
            val nats = network.connection("nats://a,nats://b,nats://c") {
                randomizeServers = false
                reconnect = ReconnectOptions {
                    wait = 10.milliseconds
                    jitter = 0.milliseconds
                }
            }
            coroutineScope {
                val lame = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.LameDuck>().first() }
                val moved = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.Reconnected>().first() }
                launch { nats.connect() }
                val first = network.accept()
                launch {
                    first.letIn(LAME_DUCK)
                    // Asked to deliver nothing more.
                    while (first.line() != "PING") continue
                    first.send("PONG\r\n")
                }
                val second = network.accept()
                second.letIn(LAME_DUCK)
                second.closedByClient.await()
                network.accept().letIn()
                lame.await().url shouldBe "nats://a:4222"
                moved.await().url shouldBe "nats://c:4222"
            }
            network.attempts shouldContainExactly listOf("a:4222", "b:4222", "c:4222")
            nats.close()
        }
    })
