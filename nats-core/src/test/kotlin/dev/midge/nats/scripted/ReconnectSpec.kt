package dev.midge.nats.scripted

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsOptions
import dev.midge.nats.NotConnectedException
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.ProtocolException
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.WhileDisconnected
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.io.IOException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

internal val quick = ReconnectOptions {
    wait = 5.milliseconds
    jitter = Duration.ZERO
}

/** A connection under test: its events one by one, and the server's end of each link that it opens. */
internal class Fixture(val nats: NatsConnection, private val network: ScriptedNetwork, private val events: Channel<NatsEvent>) {
    /** The next event of this kind; those before it are passed over. */
    suspend inline fun <reified E : NatsEvent> next(): E {
        while (true) (events.receive() as? E)?.let { return it }
    }

    suspend fun nextEvent(): NatsEvent = events.receive()

    suspend fun accept(info: String = ScriptedServer.INFO): ScriptedServer = network.accept().also { it.letIn(info) }

    suspend fun acceptUnanswered(): ScriptedServer = network.accept()

    val attempts get() = network.attempts

    fun refuse(cause: IOException?) {
        network.refusal = cause
    }
}

/** Runs [test] with a connection that is open, and its server. */
internal suspend fun reconnecting(
    options: ReconnectOptions = quick,
    servers: String = "nats://scripted:4222",
    info: String = ScriptedServer.INFO,
    configure: NatsOptions.Builder.() -> Unit = {},
    test: suspend CoroutineScope.(Fixture, ScriptedServer) -> Unit,
) = coroutineScope {
    val network = ScriptedNetwork()
    val nats = network.connection(servers) {
        randomizeServers = false
        reconnect = options
        configure()
    }
    val events = Channel<NatsEvent>(Channel.UNLIMITED)
    val listening = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::send) }
    val fixture = Fixture(nats, network, events)
    val connecting = launch { nats.connect() }
    val server = fixture.accept(info)
    connecting.join()
    fixture.next<NatsEvent.Connected>()
    try {
        test(fixture, server)
    } finally {
        nats.close()
        listening.cancelAndJoin()
    }
}

/** The next [count] lines of the client. */
internal suspend fun ScriptedServer.lines(count: Int): List<String?> = List(count) { line() }

class ReconnectSpec :
    FunSpec({
        test(
            "the next server is told all subscriptions, with what is left of their limits, before Reconnected is told and before publishes",
        ) {
            reconnecting { midge, first ->
                val plain = midge.nats.subscribe("a")
                val group = midge.nats.subscribe("b.*", queueGroup = "q")
                val limited = midge.nats.subscribe("c")
                limited.unsubscribe(afterMessages = 5)
                midge.nats.subscribe("d").unsubscribe()
                val ended = midge.nats.subscribe("e")
                ended.unsubscribe(afterMessages = 1)
                first.send("MSG c ${limited.sid} 1\r\n1\r\nMSG c ${limited.sid} 1\r\n2\r\nMSG e ${ended.sid} 1\r\n1\r\n")
                ended.toList().size shouldBe 1
                first.hangUp()
                midge.next<NatsEvent.Disconnected>().cause.shouldBeInstanceOf<ConnectionLostException>()
                midge.nats.state.value shouldBe ConnectionState.Reconnecting
                val second = midge.accept()
                midge.nats.publish("x", "1".encodeToByteArray())
                second.lines(5) shouldContainExactly
                    listOf("SUB a ${plain.sid}", "SUB b.* q ${group.sid}", "SUB c ${limited.sid}", "UNSUB ${limited.sid} 3", "PING")
                second.send("PONG\r\n")
                midge.next<NatsEvent.Reconnected>().url shouldBe "nats://scripted:4222"
                midge.nats.state.value shouldBe ConnectionState.Connected
                second.lines(2) shouldContainExactly listOf("PUB x 1", "1")
                midge.nats.stats().connects shouldBe 2
            }
        }

        test("a message that is to be written waits for the next server while there is none, and is told when there will be none") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val written = async(start = CoroutineStart.UNDISPATCHED) { midge.nats.publishWritten("x", "1".encodeToByteArray()) }
                midge.nats.stats().pendingMessages shouldBe 1
                written.isCompleted shouldBe false
                val second = midge.accept()
                second.lines(2) shouldContainExactly listOf("PUB x 1", "1")
                written.await()
                second.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val lost = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<ConnectionClosedException> { midge.nats.publishWritten("x", "2".encodeToByteArray()) }
                }
                midge.nats.close()
                lost.await()
            }
        }

        test("handlers that share a subscription are one to every server, which is told when the last of them leaves") {
            reconnecting { midge, first ->
                val handlers = List(3) { midge.nats.subscribe("a") {} }
                val sid = handlers.map { it.sid }.distinct().single()
                first.line() shouldBe "SUB a $sid"
                handlers[0].unsubscribe()
                first.hangUp()
                val second = midge.accept()
                second.lines(2) shouldContainExactly listOf("SUB a $sid", "PING")
                second.send("PONG\r\n")
                midge.next<NatsEvent.Reconnected>()
                handlers[1].unsubscribe()
                handlers[2].unsubscribe()
                second.line() shouldBe "UNSUB $sid"
                val next = midge.nats.subscribe("a") {}
                second.line() shouldBe "SUB a ${next.sid}"
                second.send("-ERR 'Permissions Violation for Subscription to \"a\"'\r\n")
                midge.next<NatsEvent.PermissionViolation>()
                next.isActive shouldBe false
                val another = midge.nats.subscribe("a") {}
                second.line() shouldBe "SUB a ${another.sid}"
            }
        }

        test("what the next server says of itself before it is in use counts") {
            reconnecting { midge, first ->
                val kept = midge.nats.subscribe("a")
                first.hangUp()
                val second = midge.accept()
                second.lines(2) shouldContainExactly listOf("SUB a ${kept.sid}", "PING")
                second.send("INFO ${ScriptedServer.INFO.replace("1048576", "7")}\r\nPONG\r\n")
                midge.next<NatsEvent.Reconnected>().info.maxPayload shouldBe 7
                midge.nats.serverInfo.value?.maxPayload shouldBe 7
                shouldThrow<PayloadTooLargeException> { midge.nats.publish("b", ByteArray(8)) }
            }
        }

        test("a subscription with a limit gets exactly that many messages across servers, and then leaves") {
            reconnecting { midge, first ->
                val limited = midge.nats.subscribe("c")
                limited.unsubscribe(afterMessages = 3)
                first.send("MSG c ${limited.sid} 1\r\n1\r\n")
                limited.receivedMessages.let { while (limited.receivedMessages < 1) kotlinx.coroutines.yield() }
                first.hangUp()
                val second = midge.accept()
                second.lines(3) shouldContainExactly listOf("SUB c ${limited.sid}", "UNSUB ${limited.sid} 2", "PING")
                second.send("PONG\r\nMSG c ${limited.sid} 1\r\n2\r\nMSG c ${limited.sid} 1\r\n3\r\nMSG c ${limited.sid} 1\r\n4\r\n")
                limited.toList().map { it.text() } shouldContainExactly listOf("1", "2", "3")
                midge.nats.stats().subscriptions shouldBe 0
            }
        }

        test("who subscribes and leaves while disconnected is known to the next server as at the end of it") {
            reconnecting { midge, first ->
                val before = midge.nats.subscribe("before")
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val during = midge.nats.subscribe("during")
                midge.nats.subscribe("short").unsubscribe()
                before.unsubscribe(afterMessages = 2)
                val second = midge.accept()
                second.lines(4) shouldContainExactly
                    listOf("SUB before ${before.sid}", "UNSUB ${before.sid} 2", "SUB during ${during.sid}", "PING")
                // Too late for the list, in time for what follows it.
                val late = midge.nats.subscribe("late")
                during.unsubscribe()
                second.send("PONG\r\n")
                second.lines(2) shouldContainExactlyInAnyOrder listOf("UNSUB ${during.sid}", "SUB late ${late.sid}")
            }
        }

        test("requests wait for their reply across servers") {
            reconnecting { midge, first ->
                val reply = async { midge.nats.request("svc", "q".encodeToByteArray(), timeout = 30.seconds) }
                val sub = first.line()!!
                first.line()!!.shouldContain("PUB svc")
                first.hangUp()
                val second = midge.accept()
                second.line() shouldBe sub
                second.line() shouldBe "PING"
                val (inbox, sid) = sub.removePrefix("SUB ").split(' ')
                second.send("PONG\r\nMSG ${inbox.removeSuffix("*")}1 $sid 2\r\nok\r\n")
                reply.await().text() shouldBe "ok"
            }
        }

        test("requests fail at once if the options say so") {
            reconnecting(quick.copy { failRequests = true }) { midge, first ->
                val reply = async { runCatching { midge.nats.request("svc", timeout = 30.seconds) } }
                first.lines(2)
                first.hangUp()
                reply.await().exceptionOrNull().shouldBeInstanceOf<ConnectionLostException>()
                midge.nats.stats().pendingRequests shouldBe 0
                midge.nats.state.value shouldBe ConnectionState.Reconnecting
            }
        }

        test("a flush is released by the loss, and one that begins while disconnected waits for the next server") {
            reconnecting { midge, first ->
                val flushing = async { runCatching { midge.nats.flush(30.seconds) } }
                first.line() shouldBe "PING"
                first.hangUp()
                flushing.await().exceptionOrNull().shouldBeInstanceOf<ConnectionLostException>()
                midge.next<NatsEvent.Disconnected>()
                val later = async { midge.nats.flush(30.seconds) }
                val second = midge.accept()
                second.line() shouldBe "PING"
                second.send("PONG\r\n")
                later.await()
            }
        }

        test("publishing fails while disconnected if the options say so") {
            reconnecting(
                quick.copy {
                    wait = 1.seconds
                    whileDisconnected = WhileDisconnected.Fail
                },
            ) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Reconnecting>()
                shouldThrow<NotConnectedException> { midge.nats.publish("a") }
                midge.nats.tryPublish(Subject("a"), ByteArray(0)) shouldBe false
                midge.nats.subscribe("welcome").isActive shouldBe true
            }
        }

        test("publishing waits while disconnected, as long as the options say") {
            reconnecting(quick.copy { whileDisconnected = WhileDisconnected.Suspend(50.milliseconds) }) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val attempt = midge.acceptUnanswered()
                shouldThrow<NotConnectedException> { midge.nats.publish("a") }
                val publishing = async(start = CoroutineStart.UNDISPATCHED) { runCatching { midge.nats.publish("b") } }
                attempt.letIn()
                if (publishing.await().isSuccess) attempt.line() shouldBe "PUB b 0"
            }
        }

        test("publishing while disconnected is bounded to the byte, and goes on when the connection is back") {
            val frame = "PUB a 1\r\n1\r\n".length
            reconnecting(quick.copy { whileDisconnected = WhileDisconnected.Buffer(3 * frame) }) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                List(4) { midge.nats.tryPublish(Subject("a"), "$it".encodeToByteArray()) } shouldContainExactly
                    listOf(true, true, true, false)
                val waiting = launch(start = CoroutineStart.UNDISPATCHED) { midge.nats.publish("a", "4".encodeToByteArray()) }
                waiting.isActive shouldBe true
                val second = midge.accept()
                second.lines(8) shouldContainExactly listOf("PUB a 1", "0", "PUB a 1", "1", "PUB a 1", "2", "PUB a 1", "4")
            }
        }

        test("the first attempt at another server is immediate, the next at the same one is not") {
            reconnecting(quick.copy { wait = 1.seconds * 3600 }, servers = "nats://a:1,nats://b:2") { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Reconnecting>().let { it.attempt to it.url to it.delay } shouldBe (1 to "nats://b:2" to Duration.ZERO)
                midge.acceptUnanswered().hangUp()
                midge.next<NatsEvent.ReconnectFailed>().let { it.attempt to it.url } shouldBe (1 to "nats://b:2")
                val second = midge.next<NatsEvent.Reconnecting>()
                (second.attempt to second.url) shouldBe (2 to "nats://a:1")
                second.delay.isPositive() shouldBe true
                val hurrying = launch { midge.nats.reconnect() }
                midge.accept()
                midge.next<NatsEvent.Reconnected>().url shouldBe "nats://a:1"
                hurrying.join()
            }
        }

        test("a server that fails too often is left out, and when none is left the connection ends") {
            reconnecting(quick.copy { maxReconnects = 2 }, servers = "nats://a:1,nats://b:2") { midge, first ->
                midge.refuse(IOException("refused"))
                first.hangUp()
                val closed = midge.next<NatsEvent.Closed>()
                closed.cause.shouldBeInstanceOf<ConnectFailedException>().message shouldContain "refused"
                midge.attempts.drop(1).groupingBy { it }.eachCount() shouldBe mapOf("a:1" to 2, "b:2" to 2)
                shouldThrow<ConnectionClosedException> { midge.nats.publish("late") }
            }
        }

        test("the same refusal of credentials twice by one server ends the connection") {
            reconnecting { midge, first ->
                first.hangUp()
                repeat(2) {
                    val server = midge.acceptUnanswered()
                    server.send("INFO ${ScriptedServer.INFO}\r\n")
                    server.lines(2)
                    server.send("-ERR 'Authorization Violation'\r\n")
                }
                midge.next<NatsEvent.Closed>().cause.shouldBeInstanceOf<AuthenticationException>()
            }
        }

        test("refusals of credentials go on for ever if the options say so") {
            reconnecting(quick.copy { stopOnAuthErrors = false }) { midge, first ->
                first.hangUp()
                repeat(4) {
                    val server = midge.acceptUnanswered()
                    server.send("INFO ${ScriptedServer.INFO}\r\n")
                    server.lines(2)
                    server.send("-ERR 'Authorization Violation'\r\n")
                }
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("credentials that expire count as the first refusal") {
            reconnecting { midge, first ->
                first.send("-ERR 'User Authentication Expired'\r\n")
                first.hangUp()
                midge.next<NatsEvent.Disconnected>().cause.shouldBeInstanceOf<AuthenticationException>()
                val second = midge.acceptUnanswered()
                second.send("INFO ${ScriptedServer.INFO}\r\n")
                second.lines(2)
                second.send("-ERR 'User Authentication Expired'\r\n")
                midge.next<NatsEvent.Closed>().cause.shouldBeInstanceOf<AuthenticationException>()
            }
        }

        test("a subscription that is drained while disconnected is not told to the next server") {
            reconnecting { midge, first ->
                val subscription = midge.nats.subscribe("a")
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val draining = async(start = CoroutineStart.UNDISPATCHED) { subscription.drain(30.seconds) }
                val second = midge.accept()
                second.line() shouldBe "PING"
                second.send("PONG\r\n")
                draining.await()
                midge.nats.stats().subscriptions shouldBe 0
            }
        }

        test("a server that lets the client in and then breaks is left alone in between") {
            reconnecting(quick.copy { delay = { failures -> if (failures > 0) 40.milliseconds else Duration.ZERO } }) { midge, first ->
                midge.nats.subscribe("a")
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                val second = midge.accept()
                second.lines(2)
                second.hangUp()
                midge.next<NatsEvent.ReconnectFailed>().cause.shouldBeInstanceOf<ConnectionLostException>()
                midge.next<NatsEvent.Reconnecting>().delay.isPositive() shouldBe true
                midge.nats.state.value shouldBe ConnectionState.Reconnecting
            }
        }

        test("a protocol violation is an event, a closed socket and a reconnect") {
            reconnecting { midge, first ->
                first.send("NONSENSE\r\n")
                midge.next<NatsEvent.Disconnected>().cause.shouldBeInstanceOf<ProtocolException>()
                first.closedByClient.await()
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("servers of the cluster are discovered, tried, and forgotten when no server names them any more") {
            val info = ScriptedServer.INFO.dropLast(1) + ""","connect_urls":["a:1","found:2","[::1]:3","not an address","x:0"]}"""
            reconnecting(servers = "nats://a:1", info = info) { midge, first ->
                midge.refuse(IOException("refused"))
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"connect_urls\":[\"a:1\",\"other:4\"]}\r\n")
                midge.next<NatsEvent.DiscoveredServers>().urls shouldContainExactly listOf("nats://other:4")
                first.hangUp()
                repeat(3) { midge.next<NatsEvent.ReconnectFailed>() }
                midge.attempts.toSet() shouldBe setOf("a:1", "other:4")
            }
        }

        test("discovered servers are not used if the options say so") {
            val info = ScriptedServer.INFO.dropLast(1) + ""","connect_urls":["found:2"]}"""
            reconnecting(quick.copy { useDiscoveredServers = false }, servers = "nats://a:1", info = info) { midge, first ->
                first.hangUp()
                midge.accept(info)
                midge.attempts shouldContainExactly listOf("a:1", "a:1")
            }
        }

        test("hooks see every attempt, send it elsewhere, refuse it and choose the server") {
            val offered = ArrayList<String>()
            var refusing = false
            reconnecting(
                quick.copy { selectServer = { servers -> servers.last().also { offered += it.url } } },
                servers = "nats://a:1,nats://b:2,nats://c:3",
                configure = { onConnecting = { if (refusing) error("unhealthy") else it.at(host = "${it.host}.inner", port = 7) } },
            ) { midge, first ->
                midge.attempts shouldContainExactly listOf("a.inner:7")
                refusing = true
                first.hangUp()
                midge.next<NatsEvent.ReconnectFailed>().cause.message shouldContain "unhealthy"
                refusing = false
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
                offered.first() shouldBe "nats://a:1"
                midge.attempts.size shouldBe 2
            }
        }

        test("the first connect is retried if the options say so") {
            coroutineScope {
                val network = ScriptedNetwork()
                network.refusal = IOException("refused")
                val nats = network.connection { reconnect = quick.copy { retryFirstConnect = true } }
                val connecting = launch(start = CoroutineStart.UNDISPATCHED) { nats.connect() }
                while (network.attempts.size < 3) kotlinx.coroutines.yield()
                network.refusal = null
                network.accept().letIn()
                connecting.join()
                nats.state.value shouldBe ConnectionState.Connected
                nats.close()
            }
        }

        test("a dead link is found by PINGs, also while messages are published") {
            reconnecting(
                configure = {
                    timeouts {
                        close = 20.milliseconds
                        pingInterval = 20.milliseconds
                        maxPingsOutstanding = 2
                    }
                },
            ) { midge, first ->
                val publishing = launch { while (true) midge.nats.publish("a").also { kotlinx.coroutines.delay(1) } }
                val reading = launch { while (true) if (first.line() == "PING") break }
                reading.join()
                first.send("PONG\r\n")
                val draining = launch { while (first.line() != null) continue }
                midge.next<NatsEvent.Disconnected>().cause.message shouldContain "did not answer 2 PINGs"
                publishing.cancelAndJoin()
                draining.join()
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("lame duck: the next server knows the subscriptions before the old one is left, and publishes keep their order") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                val subscription = midge.nats.subscribe("s")
                first.line() shouldBe "SUB s ${subscription.sid}"
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
                midge.next<NatsEvent.LameDuck>().url shouldBe "nats://a:1"
                val second = midge.accept()
                second.lines(2) shouldContainExactly listOf("SUB s ${subscription.sid}", "PING")
                midge.nats.publish("x", "1".encodeToByteArray())
                first.lines(2) shouldContainExactly listOf("PUB x 1", "1")
                second.send("PONG\r\n")
                first.lines(2) shouldContainExactly listOf("UNSUB ${subscription.sid}", "PING")
                midge.nats.publish("x", "2".encodeToByteArray())
                first.send("MSG s ${subscription.sid} 4\r\nlast\r\nPONG\r\n")
                second.lines(2) shouldContainExactly listOf("PUB x 1", "2")
                second.send("MSG s ${subscription.sid} 4\r\nnext\r\n")
                midge.next<NatsEvent.Reconnected>().url shouldBe "nats://b:2"
                first.closedByClient.await()
                subscription.take(2).toList().map { it.text() } shouldContainExactly listOf("last", "next")
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }

        test("lame duck: what the old server did not take goes to the next one") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
                midge.next<NatsEvent.LameDuck>()
                val second = midge.accept()
                first.line() shouldBe "PING"
                midge.nats.publish("x", "1".encodeToByteArray())
                first.hangUp()
                second.lines(2) shouldContainExactly listOf("PUB x 1", "1")
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("lame duck of the only server: it is used to its end") {
            reconnecting { midge, first ->
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
                midge.next<NatsEvent.LameDuck>()
                midge.nats.publish("x")
                first.line() shouldBe "PUB x 0"
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("reconnect() moves without a loss, also to the same server") {
            reconnecting { midge, first ->
                val moving = async { midge.nats.reconnect() }
                midge.accept()
                first.line() shouldBe "PING"
                first.send("PONG\r\n")
                moving.await()
                first.closedByClient.await()
                midge.nextEvent().shouldBeInstanceOf<NatsEvent.Reconnected>()
            }
        }

        test("reconnect() keeps a link that works when no other can be opened, and says so") {
            reconnecting { midge, first ->
                midge.refuse(IOException("refused"))
                val moving = async { runCatching { midge.nats.reconnect() } }
                first.line() shouldBe "PING"
                first.send("PONG\r\n")
                moving.await().exceptionOrNull().shouldBeInstanceOf<ConnectFailedException>()
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }

        test("reconnect() that meets a drain does not disturb it") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                midge.nats.publish("x")
                first.lines(2)
                val moving = async { runCatching { midge.nats.reconnect() } }
                val second = midge.acceptUnanswered()
                val draining = async(start = CoroutineStart.UNDISPATCHED) { midge.nats.drain(30.seconds) }
                second.letIn()
                repeat(3) {
                    first.line() shouldBe "PING"
                    first.send("PONG\r\n")
                }
                draining.await()
                moving.await().exceptionOrNull().shouldBeInstanceOf<ConnectionClosedException>()
                second.closedByClient.await()
            }
        }

        test("reconnect() that meets the end of the connection fails") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, _ ->
                val moving = async { runCatching { midge.nats.reconnect() } }
                val second = midge.acceptUnanswered()
                midge.nats.close()
                moving.await().exceptionOrNull().shouldBeInstanceOf<ConnectionClosedException>()
                second.closedByClient.await()
            }
        }

        test("lame duck: a next server that breaks before it is in use is not moved to") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
                midge.next<NatsEvent.LameDuck>()
                midge.accept().hangUp()
                val second = midge.accept()
                first.line() shouldBe "PING"
                first.send("PONG\r\n")
                midge.next<NatsEvent.Reconnected>()
                midge.nats.publish("x")
                second.line() shouldBe "PUB x 0"
            }
        }

        test("lame duck: a server that breaks while the next one is prepared is replaced by it") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
                midge.next<NatsEvent.LameDuck>()
                val accepted = Channel<ScriptedServer>(Channel.UNLIMITED)
                accepted.send(midge.accept())
                // Should the loss overtake the last PONG within the client, it connects there once more.
                val accepting = launch { while (true) accepted.send(midge.accept()) }
                first.hangUp()
                midge.next<NatsEvent.Reconnected>().url shouldBe "nats://b:2"
                accepting.cancelAndJoin()
                midge.nats.publish("x")
                val servers = generateSequence { accepted.tryReceive().getOrNull() }.toList()
                servers.last().line() shouldBe "PUB x 0"
                midge.attempts.size shouldBe 1 + servers.size
            }
        }

        test("reconnect() does not wait for the next attempt") {
            reconnecting(quick.copy { wait = 1.seconds * 3600 }) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Reconnecting>()
                val moving = async { midge.nats.reconnect() }
                midge.accept()
                moving.await()
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }

        test("closing while disconnected ends at once") {
            reconnecting(quick.copy { wait = 1.seconds * 3600 }) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Reconnecting>()
                midge.nats.close()
                midge.next<NatsEvent.Closed>().cause shouldBe null
            }
        }

        test("draining waits for the connection to come back, until its time is over") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.nats.publish("x")
                val draining = async { midge.nats.drain(30.seconds) }
                val second = midge.accept()
                second.lines(2) shouldContainExactly listOf("PUB x 0", "")
                repeat(3) {
                    second.line() shouldBe "PING"
                    second.send("PONG\r\n")
                }
                draining.await()
            }
            reconnecting(quick.copy { wait = 1.seconds * 3600 }) { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Reconnecting>()
                shouldThrow<DrainTimeoutException> { midge.nats.drain(50.milliseconds) }
                midge.nats.state.value shouldBe ConnectionState.Closed
            }
        }

        test("a connect that hangs in the handshake is given up after the connect timeout, and the next server is tried") {
            reconnecting(
                servers = "nats://a:1,nats://b:2",
                configure = {
                    timeouts {
                        connect = 500.milliseconds
                        close = 20.milliseconds
                    }
                },
            ) { midge, first ->
                first.hangUp()
                val silent = midge.acceptUnanswered()
                silent.closedByClient.await()
                midge.next<NatsEvent.ReconnectFailed>().cause.shouldBeInstanceOf<ConnectFailedException>().message shouldContain "500ms"
                midge.accept()
                midge.next<NatsEvent.Reconnected>().url shouldBe "nats://a:1"
            }
        }

        test("the state is never older than the event") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.nats.state.first { it == ConnectionState.Reconnecting }
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }
    })
