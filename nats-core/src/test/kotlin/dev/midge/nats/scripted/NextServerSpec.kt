package dev.midge.nats.scripted

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.NatsEvent
import dev.midge.nats.PayloadTooLargeException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val lameDuck = "INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n"

private const val NO_HEADERS = """{"server_id":"S","version":"2.10.0","proto":1,"headers":false,"max_payload":1000}"""

class NextServerSpec :
    FunSpec({
        timeout = 20_000

        test("what the next server does not take is taken out before it is sent and told with its cause, and the rest goes on in order") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.nats.publish("a", "1".encodeToByteArray())
                val large = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<PayloadTooLargeException> { midge.nats.publishWritten("b", ByteArray(1001)) }
                }
                midge.nats.publish("c", "2".encodeToByteArray())
                val headed = async(start = CoroutineStart.UNDISPATCHED) {
                    val headers = Headers.of("name" to "value")
                    shouldThrow<HeadersNotSupportedException> { midge.nats.publishWritten("d", ByteArray(3), headers) }
                }
                midge.nats.publishBatch {
                    publish("e", "3".encodeToByteArray())
                    publish("e", ByteArray(2000))
                    publish("e", "4".encodeToByteArray())
                }
                val second = midge.accept(NO_HEADERS)
                second.lines(8) shouldContainExactly listOf("PUB a 1", "1", "PUB c 1", "2", "PUB e 1", "3", "PUB e 1", "4")
                large.await().let { it.size to it.maxPayload } shouldBe (1001L to 1000L)
                headed.await()
                val told = List(3) { midge.next<NatsEvent.MessageDiscarded>() }
                told.map { it.subject } shouldContainExactly listOf("b", "d", "e")
                told.map { it.size } shouldContainExactly listOf(1001L, "NATS/1.0\r\nname: value\r\n\r\n".length + 3L, 2000L)
                told[1].cause.shouldBeInstanceOf<HeadersNotSupportedException>()
                midge.nats.flushed(second)
                midge.nats.stats().let { it.pendingMessages to it.discardedMessages } shouldBe (0L to 3L)
            }
        }

        test("a message in whose middle link after link breaks is given up and told, and the rest goes on") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.nats.publish("a", "1".encodeToByteArray())
                val given = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<ConnectionLostException> { midge.nats.publishWritten("b", "poison".encodeToByteArray()) }
                }
                midge.nats.publish("c", "2".encodeToByteArray())
                repeat(3) {
                    val breaking = midge.acceptUnanswered()
                    breaking.breaksBehind = "pois"
                    breaking.letIn()
                    midge.next<NatsEvent.Disconnected>()
                }
                val told = midge.next<NatsEvent.MessageDiscarded>()
                (told.subject to told.size) shouldBe ("b" to 6L)
                given.await().message shouldContain "broken pipe"
                midge.accept().lines(2) shouldContainExactly listOf("PUB c 1", "2")
            }
        }

        test("a link that broke before anything of the message was handed over is not held against it") {
            reconnecting { midge, first ->
                first.hangUp()
                midge.next<NatsEvent.Disconnected>()
                midge.nats.publish("b", "innocent".encodeToByteArray())
                repeat(2) {
                    midge.acceptUnanswered().also { it.breaksBehind = "inno" }.letIn()
                    midge.next<NatsEvent.Disconnected>()
                }
                repeat(3) {
                    val server = midge.acceptUnanswered()
                    server.letInAndBreak()
                    midge.next<NatsEvent.Disconnected>()
                }
                midge.accept().lines(2) shouldContainExactly listOf("PUB b 8", "innocent")
            }
        }

        test("a server that lets the client in and ends the link at once counts as one that failed, for waits and for maxReconnects") {
            val failures = ArrayList<Int>()
            val counting = quick.copy {
                maxReconnects = 3
                delay = {
                    failures += it
                    1.milliseconds
                }
            }
            reconnecting(counting) { midge, first ->
                first.hangUp()
                repeat(3) {
                    midge.accept().hangUp()
                    midge.next<NatsEvent.Disconnected>()
                }
                val closed = midge.next<NatsEvent.Closed>().cause.shouldBeInstanceOf<ConnectFailedException>()
                closed.message shouldContain "closed by the server"
                failures shouldContainExactly listOf(0, 1, 2, 3)
            }
        }

        test("a move whose old server breaks before it has confirmed is told as a loss, and a flush meanwhile does not claim arrival") {
            moveWithoutConfirmation { it.hangUp() }
        }

        test("a move whose old server does not confirm in time is told as a loss, and a flush meanwhile does not claim arrival") {
            moveWithoutConfirmation { }
        }

        test("reconnect() to a server that ends the link at once keeps the one that works, and says so") {
            reconnecting(quick.copy { wait = 1.seconds * 3600 }, servers = "nats://a:1,nats://b:2") { midge, first ->
                val moving = async { runCatching { midge.nats.reconnect() } }
                val second = midge.accept()
                second.hangUp()
                second.closedByClient.await()
                first.line() shouldBe "PING"
                first.send("PONG\r\n")
                moving.await().exceptionOrNull().shouldBeInstanceOf<ConnectFailedException>()
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }

        test("lame duck: a next server that ends the link at once is not tried again before the wait is over") {
            reconnecting(quick.copy { wait = 1.seconds * 3600 }, servers = "nats://a:1,nats://b:2") { midge, first ->
                first.send(lameDuck)
                midge.next<NatsEvent.LameDuck>()
                val second = midge.accept()
                second.hangUp()
                second.closedByClient.await()
                // Nothing can be shown only by waiting for a while: much longer than an attempt that follows at once takes.
                withTimeoutOrNull(100.milliseconds) { midge.acceptUnanswered() } shouldBe null
            }
        }

        test("a prepared link that breaks together with the one in use is closed") {
            reconnecting(servers = "nats://a:1,nats://b:2") { midge, first ->
                first.closing = CompletableDeferred()
                first.send(lameDuck)
                midge.next<NatsEvent.LameDuck>()
                val second = midge.accept()
                midge.awaitOverlap(first)
                first.hangUp()
                second.hangUp()
                yield()
                first.closing.complete(Unit)
                second.closedByClient.await()
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
            }
        }

        test("a link that fails to close is left all the same") {
            reconnecting { midge, first ->
                first.closeFailure = IllegalStateException("the engine is broken")
                first.hangUp()
                midge.accept()
                midge.next<NatsEvent.Reconnected>()
                midge.nats.state.value shouldBe ConnectionState.Connected
            }
        }

        test("an error after which the server went on does not explain a later loss") {
            reconnecting { midge, first ->
                first.send("-ERR 'Some Trouble'\r\n")
                midge.next<NatsEvent.ServerError>()
                first.send("PING\r\n")
                first.line() shouldBe "PONG"
                first.hangUp()
                midge.next<NatsEvent.Disconnected>().cause.message shouldNotContain "Some Trouble"
                val second = midge.accept()
                midge.next<NatsEvent.Reconnected>()
                second.send("-ERR 'Other Trouble'\r\n")
                second.hangUp()
                midge.next<NatsEvent.Disconnected>().cause.message shouldContain "Other Trouble"
            }
        }
    })

private suspend fun dev.midge.nats.NatsConnection.flushed(server: ScriptedServer) = kotlinx.coroutines.coroutineScope {
    val flushing = async { flush() }
    server.line() shouldBe "PING"
    server.send("PONG\r\n")
    flushing.await()
}

/** Lets the client in with a link that takes nothing more after that. */
private suspend fun ScriptedServer.letInAndBreak() {
    send("INFO ${ScriptedServer.INFO}\r\n")
    lines(2)
    writeFailure = kotlinx.io.IOException("broken pipe")
    send("PONG\r\n")
}

/** The next link is prepared when its server has let the client in; nothing that could be seen happens until the overlap is over. */
private suspend fun Fixture.awaitOverlap(first: ScriptedServer) {
    first.send("PING\r\n")
    first.line() shouldBe "PONG"
}

/** A move to a second server, of which the first one is asked to confirm what it was sent; [instead] is what it does. */
private suspend fun moveWithoutConfirmation(instead: suspend (ScriptedServer) -> Unit) {
    // Long enough for the flush to be asked for before it is over.
    reconnecting(quick, "nats://a:1,nats://b:2", configure = { timeouts { close = 1.seconds } }) { midge, first ->
        first.send(lameDuck)
        midge.next<NatsEvent.LameDuck>()
        val second = midge.accept()
        first.line() shouldBe "PING"
        // The server may have read that PING before the client has counted it as written: what is pending after that is the flush's.
        while (midge.nats.stats().pendingBytes != 0L) yield()
        val flushing = async { runCatching { midge.nats.flush(30.seconds) } }
        while (midge.nats.stats().pendingBytes == 0L) yield()
        instead(first)
        second.line() shouldBe "PING"
        second.send("PONG\r\n")
        val disconnected = midge.nextEvent().shouldBeInstanceOf<NatsEvent.Disconnected>()
        disconnected.url shouldBe "nats://a:1"
        disconnected.cause.shouldBeInstanceOf<ConnectionLostException>()
        midge.next<NatsEvent.Reconnected>().url shouldBe "nats://b:2"
        flushing.await().exceptionOrNull().shouldBeInstanceOf<ConnectionLostException>()
        // The PONGs of the flushes that follow are theirs.
        midge.nats.flushed(second)
        midge.nats.state.value shouldBe ConnectionState.Connected
    }
}
