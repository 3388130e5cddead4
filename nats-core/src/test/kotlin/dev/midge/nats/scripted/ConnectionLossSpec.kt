package dev.midge.nats.scripted

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerErrorException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.io.IOException
import kotlin.time.Duration.Companion.seconds

private suspend fun connected(network: ScriptedNetwork): Pair<NatsConnection, ScriptedServer> = coroutineScope {
    val nats = network.connection()
    launch { nats.connect() }
    val server = network.accept()
    server.letIn()
    nats.connect()
    nats to server
}

class ConnectionLossSpec :
    FunSpec({
        test("a server that hangs up ends everything that waits with a typed error, and says so in events") {
            val (nats, server) = connected(ScriptedNetwork())
            coroutineScope {
                val events = async(start = CoroutineStart.UNDISPATCHED) {
                    val seen = ArrayList<NatsEvent>()
                    nats.events.first {
                        seen.add(it)
                        it is NatsEvent.Closed
                    }
                    seen
                }
                val subscription = nats.subscribe("a")
                val collected = async { runCatching { subscription.toList() } }
                val flushing = async { runCatching { nats.flush(30.seconds) } }
                val requesting = async { runCatching { nats.request("b", timeout = 30.seconds) } }
                while (nats.stats().pendingRequests == 0 || nats.stats().pendingBytes > 0) kotlinx.coroutines.yield()
                server.hangUp()
                for (waiting in listOf(collected, flushing, requesting)) {
                    val loss = waiting.await().exceptionOrNull().shouldBeInstanceOf<ConnectionLostException>()
                    loss.message shouldContain "closed by the server"
                }
                val (disconnected, closed) = events.await()
                disconnected.shouldBeInstanceOf<NatsEvent.Disconnected>().url shouldBe "nats://scripted:4222"
                closed.shouldBeInstanceOf<NatsEvent.Closed>().cause.shouldBeInstanceOf<ConnectionLostException>()
            }
            nats.state.value shouldBe ConnectionState.Closed
            shouldThrow<ConnectionClosedException> { nats.publish("late") }.cause.shouldBeInstanceOf<ConnectionLostException>()
            nats.stats().subscriptions shouldBe 0
            nats.stats().pendingRequests shouldBe 0
            server.closedByClient.await()
        }

        test("what was received before the loss still reaches the collector, then comes the error") {
            val (nats, server) = connected(ScriptedNetwork())
            val subscription = nats.subscribe("a")
            server.send("MSG a ${subscription.sid} 1\r\n1\r\nMSG a ${subscription.sid} 1\r\n2\r\n")
            server.hangUp()
            val texts = ArrayList<String>()
            shouldThrow<ConnectionLostException> { subscription.collect { texts += it.text() } }
            texts shouldBe listOf("1", "2")
        }

        test("a write that fails is a loss with its cause") {
            val (nats, server) = connected(ScriptedNetwork())
            server.writeFailure = IOException("broken pipe")
            val subscription = nats.subscribe("a")
            val loss = shouldThrow<ConnectionLostException> { subscription.toList() }
            loss.message shouldContain "broken pipe"
        }

        test("the server's last error explains the loss") {
            val (nats, server) = connected(ScriptedNetwork())
            val subscription = nats.subscribe("a")
            server.send("-ERR 'Slow Consumer'\r\n")
            server.hangUp()
            val loss = shouldThrow<ConnectionLostException> { subscription.toList() }
            loss.message shouldContain "Slow Consumer"
            loss.cause.shouldBeInstanceOf<ServerErrorException>().error shouldBe "Slow Consumer"
        }

        context("a protocol violation ends the connection with a typed error at once") {
            withTests(
                nameFn = { it.replace("\r\n", "␍␊") },
                "NONSENSE\r\n",
                "MSG a 1 -1\r\n",
                "MSG a 1 999999999999\r\n",
                "MSG a 1 67108865\r\n",
                "MSG a 1 1\r\nxy\r\n",
                "HMSG a 1 9 5\r\n",
                "INFO {\r\n",
            ) { words ->
                val (nats, server) = connected(ScriptedNetwork())
                val subscription = nats.subscribe("a")
                server.send(words)
                shouldThrow<ProtocolException> { subscription.toList() }
                server.closedByClient.await()
                nats.state.value shouldBe ConnectionState.Closed
            }
        }

        test("a malformed header block concerns its message alone") {
            val (nats, server) = connected(ScriptedNetwork())
            val subscription = nats.subscribe("a")
            server.send("HMSG a ${subscription.sid} 7 7\r\ngarbage\r\nMSG a ${subscription.sid} 2\r\nok\r\n")
            server.hangUp()
            val seen = ArrayList<Result<Any>>()
            shouldThrow<NatsException> { subscription.collect { message -> seen += runCatching { message.headers } } }
            seen[0].exceptionOrNull().shouldBeInstanceOf<dev.midge.nats.MalformedHeadersException>()
            seen[1].isSuccess shouldBe true
        }

        test("a collector that waits is woken by what came in the same read as a violation") {
            val (nats, server) = connected(ScriptedNetwork())
            val subscription = nats.subscribe("a")
            subscription.unsubscribe(afterMessages = 1)
            coroutineScope {
                val collected = async(start = CoroutineStart.UNDISPATCHED) { subscription.toList().map { it.text() } }
                server.send("MSG a ${subscription.sid} 4\r\nlast\r\nGARBAGE\r\n")
                collected.await() shouldBe listOf("last")
            }
            server.closedByClient.await()
        }

        test("a failure of any kind ends the session: there is no connection without its reader and writer") {
            val (nats, server) = connected(ScriptedNetwork())
            server.writeFailure = object : IOException("odd") {}
            nats.publish("a")
            nats.state.first { it == ConnectionState.Closed }
            server.closedByClient.await()
        }
    })
