package dev.midge.nats.scripted

import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.InvalidQueueGroupException
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.Overflow
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun <T> scripted(info: String = ScriptedServer.INFO, test: suspend (NatsConnection, ScriptedServer) -> T): T =
    coroutineScope {
        val network = ScriptedNetwork()
        val nats = network.connection()
        launch { nats.connect() }
        val server = network.accept()
        server.letIn(info)
        nats.connect()
        try {
            test(nats, server)
        } finally {
            server.hangUp()
            nats.close()
        }
    }

/** Listens from now on. */
private inline fun <reified E : NatsEvent> CoroutineScope.nextEvent(nats: NatsConnection): Deferred<E> =
    async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<E>().first() }

class DialogueSpec :
    FunSpec({
        test("frames reach the server in the order of the calls, byte for byte") {
            scripted { nats, server ->
                val subscription = nats.subscribe("a.*", queueGroup = "q")
                nats.publish("a.b", "hello".encodeToByteArray(), replyTo = "r")
                nats.publish("a.b", "x".encodeToByteArray(), Headers.of("K" to "V"))
                subscription.unsubscribe(afterMessages = 3)
                subscription.unsubscribe()
                server.line() shouldBe "SUB a.* q ${subscription.sid}"
                server.line() shouldBe "PUB a.b r 5"
                server.line() shouldBe "hello"
                server.line() shouldBe "HPUB a.b 18 19"
                server.line() shouldBe "NATS/1.0"
                server.line() shouldBe "K: V"
                server.line() shouldBe ""
                server.line() shouldBe "x"
                server.line() shouldBe "UNSUB ${subscription.sid} 3"
                server.line() shouldBe "UNSUB ${subscription.sid}"
            }
        }

        test("PING is answered with PONG, also while a subscriber does nothing") {
            scripted { nats, server ->
                val subscription = nats.subscribe("a")
                server.line()
                repeat(100) { server.send("MSG a ${subscription.sid} 1\r\nx\r\n") }
                server.send("PING\r\n")
                server.line() shouldBe "PONG"
            }
        }

        test("a flush without answer ends with its timeout, and the late PONG is not taken for the next one") {
            scripted { nats, server ->
                shouldThrow<FlushTimeoutException> { nats.flush(50.milliseconds) }
                server.line() shouldBe "PING"
                coroutineScope {
                    val second = async { nats.ping(30.seconds) }
                    server.line() shouldBe "PING"
                    server.send("PONG\r\n")
                    second.isCompleted shouldBe false
                    server.send("PONG\r\n")
                    second.await()
                }
            }
        }

        test("what is not valid is refused before a byte is written") {
            scripted { nats, server ->
                for (bad in listOf("", "a b", "a..b", "a\r\nPUB x 0\r\n\r\n", "a.>.b")) {
                    shouldThrow<InvalidSubjectException> { nats.publish(bad) }
                    shouldThrow<InvalidSubjectException> { nats.subscribe(bad) }
                    shouldThrow<InvalidSubjectException> { nats.request(bad) }
                    shouldThrow<InvalidSubjectException> { nats.publish("ok", replyTo = bad) }
                }
                for (bad in listOf("", "a b", "a\tb", "a\r\nPUB x 0\r\n\r\n")) {
                    shouldThrow<InvalidQueueGroupException> { nats.subscribe("ok", queueGroup = bad) }
                }
                for (wildcard in listOf("a.*", "a.>")) {
                    shouldThrow<InvalidSubjectException> { nats.publish(wildcard) }
                    shouldThrow<InvalidSubjectException> { nats.tryPublish(Subject(wildcard), ByteArray(0)) }
                    shouldThrow<InvalidSubjectException> { nats.request(wildcard) }
                    shouldThrow<InvalidSubjectException> { nats.publish("ok", replyTo = wildcard) }
                }
                shouldThrow<IndexOutOfBoundsException> { nats.publish(Subject("ok"), ByteArray(3), 1, 3) }
                shouldThrow<PayloadTooLargeException> { nats.publish("ok", ByteArray(1_048_577)) }
                nats.publish("ok")
                server.line() shouldBe "PUB ok 0"
                nats.stats().sentMessages shouldBe 1
            }
        }

        test("headers are refused where the server takes none, and a new INFO changes limits") {
            scripted(info = """{"max_payload":10}""") { nats, server ->
                shouldThrow<HeadersNotSupportedException> { nats.publish("a", ByteArray(1), Headers.of("a" to "b")) }
                shouldThrow<PayloadTooLargeException> { nats.publish("a", ByteArray(11)) }
                server.send("""INFO {"max_payload":20,"headers":true}""" + "\r\n")
                while (nats.serverInfo.value?.maxPayload != 20L) kotlinx.coroutines.yield()
                nats.publish("a", ByteArray(11))
                server.line() shouldBe "PUB a 11"
            }
        }

        test("a refused subscription fails its own Flow and no other") {
            scripted { nats, server ->
                val allowed = nats.subscribe("allowed")
                val secret = nats.subscribe("secret.>")
                server.send("-ERR 'Permissions Violation for Subscription to \"secret.>\"'\r\n")
                val error = shouldThrow<PermissionViolationException> { secret.toList() }
                error.subject shouldBe "secret.>"
                error.operation shouldBe PermissionViolationException.Operation.SUBSCRIBE
                server.send("MSG allowed ${allowed.sid} 2\r\nok\r\n")
                allowed.first().text() shouldBe "ok"
            }
        }

        test("a refused publish fails the requests that wait for that subject, and is an event") {
            scripted { nats, server ->
                coroutineScope {
                    val event = nextEvent<NatsEvent.PermissionViolation>(nats)
                    val refused = async { runCatching { nats.request("secret", timeout = 30.seconds) } }
                    val other = async { nats.request("open", timeout = 30.seconds) }
                    val replies = HashMap<String, String>()
                    while (replies.size < 2) {
                        val words = server.line()!!.split(' ')
                        if (words[0] == "PUB") replies[words[1]] = words[2]
                    }
                    server.send("-ERR 'Permissions Violation for Publish to \"secret\"'\r\n")
                    refused.await().exceptionOrNull().shouldBeInstanceOf<PermissionViolationException>()
                    event.await().violation.subject shouldBe "secret"
                    server.send("MSG ${replies["open"]} 1 2\r\nok\r\n")
                    other.await().text() shouldBe "ok"
                }
            }
        }

        test("an error that belongs to no call is an event, and the connection lives") {
            scripted { nats, server ->
                coroutineScope {
                    val event = nextEvent<NatsEvent.ServerError>(nats)
                    server.send("-ERR 'Invalid Subject'\r\n")
                    event.await().error shouldBe "Invalid Subject"
                }
                nats.publish("a")
                server.line() shouldBe "PUB a 0"
            }
        }

        test("a lame duck is an event") {
            scripted { nats, server ->
                coroutineScope {
                    val event = nextEvent<NatsEvent.LameDuck>(nats)
                    server.send("""INFO {"ldm":true,"max_payload":1048576}""" + "\r\n")
                    event.await().url shouldBe "nats://scripted:4222"
                }
            }
        }

        test("a slow consumer is told once an episode, with its subject, and disturbs nobody") {
            scripted { nats, server ->
                val slow = nats.subscribe("slow", overflow = Overflow.DropNewest(messages = 2))
                val quick = nats.subscribe("quick")
                coroutineScope {
                    val event = nextEvent<NatsEvent.SlowConsumer>(nats)
                    repeat(5) { server.send("MSG slow ${slow.sid} 1\r\n$it\r\n") }
                    server.send("MSG quick ${quick.sid} 1\r\n!\r\n")
                    quick.first().text() shouldBe "!"
                    event.await().subject shouldBe "slow"
                }
                slow.droppedMessages shouldBe 3
                nats.stats().droppedMessages shouldBe 3
                slow.unsubscribe()
                slow.toList().map { it.text() } shouldContainExactly listOf("0", "1")
            }
        }

        test("a reply without number, to nobody, or twice disturbs nobody") {
            scripted { nats, server ->
                coroutineScope {
                    val request = async { nats.request("svc", timeout = 30.seconds) }
                    val sub = server.line()!!.split(' ')
                    val inbox = sub[1].removeSuffix("*")
                    val pub = server.line()!!.split(' ')
                    for (wrong in listOf("x", "999", "99999999999999999999", "-1", "1x")) {
                        server.send("MSG $inbox$wrong ${sub[2]} 0\r\n\r\n")
                    }
                    server.send("MSG ${pub[2]} ${sub[2]} 2\r\nok\r\n")
                    request.await().text() shouldBe "ok"
                    server.send("MSG ${pub[2]} ${sub[2]} 5\r\ntwice\r\n")
                    server.send("PING\r\n")
                    while (server.line() != "PONG") Unit
                }
            }
        }

        test("a drain that takes too long ends at its timeout, of a subscription and of the connection") {
            scripted { nats, server ->
                val started = CompletableDeferred<Unit>()
                val stuck = nats.subscribe("stuck") {
                    started.complete(Unit)
                    awaitCancellation()
                }
                server.send("MSG stuck ${stuck.sid} 0\r\n\r\n")
                started.await()
                coroutineScope {
                    launch {
                        while (true) if ((server.line() ?: break) == "PING") server.send("PONG\r\n")
                    }
                    shouldThrow<DrainTimeoutException> { stuck.drain(100.milliseconds) }
                    nats.stats().subscriptions shouldBe 0
                    nats.subscribe("unread")
                    nats.subscribe("again") { awaitCancellation() }.let { server.send("MSG again ${it.sid} 0\r\n\r\n") }
                    shouldThrow<DrainTimeoutException> { nats.drain(100.milliseconds) }
                }
            }
        }

        test("a flood of PINGs is answered without filling memory") {
            scripted { nats, server ->
                val flood = "PING\r\n".repeat(10_000)
                repeat(20) { server.send(flood) }
                server.send("MSG unknown 99 0\r\n\r\n")
                while (nats.stats().receivedMessages == 0L) kotlinx.coroutines.yield()
                // What waits is what one write took, and a PONG or two behind it.
                (nats.stats().pendingBytes < 10_000) shouldBe true
            }
        }
    })
