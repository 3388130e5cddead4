package dev.midge.nats.promises

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NotConnectedException
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

private val subject = Subject("kept")

/** `PUB kept 10\r\n`, the payload, `\r\n`. */
private const val FRAME = 25

private fun payload(number: Int): ByteArray = number.toString().padStart(10, '0').encodeToByteArray()

private fun reconnecting(policy: WhileDisconnected) = ReconnectOptions {
    wait = 20.milliseconds
    jitter = 0.milliseconds
    whileDisconnected = policy
}

/** A connection through a proxy, lost and not able to come back yet. */
private class Lost(val nats: NatsConnection, val proxy: FaultProxy, val events: EventLog, val received: Channel<Int>)

private suspend fun PromiseScope.lost(policy: WhileDisconnected): Lost {
    val server = server()
    val proxy = proxy(server.port)
    val received = Channel<Int>(Channel.UNLIMITED)
    val subscriber = connection(server.url)
    subscriber.subscribeInline(subject) { received.trySend(it.text().toInt()) }
    subscriber.flush()
    val nats = connection(proxy.url) { reconnect = reconnecting(policy) }
    nats.connect()
    val events = eventsOf(nats)
    proxy.refuseConnections()
    proxy.closeConnections()
    events.next<NatsEvent.Disconnected>()
    nats.state.value shouldBe ConnectionState.Reconnecting
    return Lost(nats, proxy, events, received)
}

class BufferWhileDisconnectedIsExactIT :
    FunSpec({
        context("the buffer takes messages to its last byte and not one more, and delivers them in order") {
            withTests(nameFn = { "$it B" }, 0, 24, 25, 26, 49, 50, 2_500, 1_000_000, 8 * 1024 * 1024) { bytes ->
                promiseScope {
                    val lost = lost(WhileDisconnected.Buffer(bytes))
                    val fitting = bytes / FRAME
                    repeat(fitting) { number -> lost.nats.publish(subject, payload(number)) }
                    lost.nats.stats().pendingBytes shouldBe fitting * FRAME.toLong()
                    lost.nats.tryPublish(subject, payload(fitting)) shouldBe false
                    lost.nats.stats().sentMessages shouldBe fitting.toLong()
                    val next = async(start = CoroutineStart.UNDISPATCHED) { lost.nats.publish(subject, payload(fitting)) }
                    next.isCompleted shouldBe false
                    lost.nats.stats().pendingBytes shouldBe fitting * FRAME.toLong()
                    lost.proxy.heal()
                    lost.events.next<NatsEvent.Reconnected>()
                    // At once, and not when the server's own PING makes the client write something.
                    withTimeout(1.seconds) { next.await() }
                    List(fitting + 1) { lost.received.receive() } shouldBe List(fitting + 1) { it }
                    until { lost.nats.stats().pendingBytes == 0L }
                }
            }
        }

        promise("a message larger than the buffer waits for the connection, then goes out") {
            val lost = lost(WhileDisconnected.Buffer(10))
            val waiting = List(8) { number -> launch(start = CoroutineStart.UNDISPATCHED) { lost.nats.publish(subject, payload(number)) } }
            waiting.count { it.isCompleted } shouldBe 0
            lost.proxy.heal()
            lost.events.next<NatsEvent.Reconnected>()
            withTimeout(1.seconds) { waiting.forEach { it.join() } }
            List(8) { lost.received.receive() }.sorted() shouldBe List(8) { it }
        }

        promise("a publisher waits for room in the buffer no longer than it says, and what was taken goes out") {
            val lost = lost(WhileDisconnected.Buffer(FRAME, 200.milliseconds))
            lost.nats.publish(subject, payload(0))
            val waited = measureTime { shouldThrow<NotConnectedException> { lost.nats.publish(subject, payload(1)) } }
            (waited >= 200.milliseconds) shouldBe true
            shouldThrow<NotConnectedException> { lost.nats.publishBatch { publish(subject, payload(2)) } }
            val waiting = launch(start = CoroutineStart.UNDISPATCHED) { lost.nats.publish(subject, payload(3)) }
            lost.proxy.heal()
            waiting.join()
            List(2) { lost.received.receive() } shouldBe listOf(0, 3)
        }

        promise("a publisher that waits for room when the connection is lost waits no longer than the buffer says") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = reconnecting(WhileDisconnected.Buffer(0, 200.milliseconds)) }
            nats.connect()
            proxy.pause()
            until { !nats.tryPublish(subject, ByteArray(64 * 1024)) }
            val waiting = async(start = CoroutineStart.UNDISPATCHED) { runCatching { nats.publish(subject, ByteArray(64 * 1024)) } }
            waiting.isCompleted shouldBe false
            proxy.refuseConnections()
            proxy.resetConnections()
            waiting.await().exceptionOrNull().shouldBeInstanceOf<NotConnectedException>()
        }

        promise("Suspend waits for the connection, and not longer than it says") {
            val lost = lost(WhileDisconnected.Suspend(200.milliseconds))
            val waited = measureTime { shouldThrow<NotConnectedException> { lost.nats.publish(subject, payload(0)) } }
            (waited >= 200.milliseconds) shouldBe true
            waited shouldBeLessThan 400.milliseconds
            lost.nats.tryPublish(subject, payload(0)) shouldBe false
            val waiting = launch(start = CoroutineStart.UNDISPATCHED) { lost.nats.publish(subject, payload(1)) }
            lost.proxy.heal()
            waiting.join()
            lost.received.receive() shouldBe 1
        }

        promise("Fail says at once that there is no connection, and publishes again when there is") {
            val lost = lost(WhileDisconnected.Fail)
            shouldThrow<NotConnectedException> { lost.nats.publish(subject, payload(0)) }
            lost.proxy.heal()
            lost.events.next<NatsEvent.Reconnected>()
            lost.nats.publish(subject, payload(1))
            lost.received.receive() shouldBe 1
        }

        promise("a publisher that waits for room when the connection is lost gets it, or its refusal, and is not forgotten") {
            for (policy in listOf(WhileDisconnected.Buffer(0), WhileDisconnected.Buffer(), WhileDisconnected.Suspend(30.seconds))) {
                val server = server()
                val proxy = proxy(server.port)
                val nats = connection(proxy.url) { reconnect = reconnecting(policy) }
                nats.connect()
                val events = eventsOf(nats)
                proxy.pause()
                val publishers = List(4) { launch { repeat(300) { nats.publish(subject, ByteArray(64 * 1024)) } } }
                // Nothing goes out any more: the kernel's buffers are full, and then ours.
                until { !nats.tryPublish(subject, ByteArray(64 * 1024)) }
                proxy.resetConnections()
                proxy.heal()
                events.next<NatsEvent.Reconnected>()
                publishers.forEach { it.join() }
                nats.flush()
            }
        }

        promise("what is accepted and not delivered is exactly what was handed to the dead socket", longRun) {
            val server = server()
            val proxy = proxy(server.port)
            val receiver = NumberedReceiver(4)
            val subscriber = connection(server.url)
            subscriber.subscribeInline("exact", handler = receiver::onMessage)
            subscriber.flush()
            val nats = connection(proxy.url) { reconnect = reconnecting(WhileDisconnected.Buffer(256 * 1024)) }
            nats.connect()
            val events = eventsOf(nats)
            val publishers = NumberedPublishers("exact", 4)
            publishers.start(this, nats)
            val cuts = ExactCuts(nats, proxy, events, publishers.frameSize)
            repeat(rounds(10, 100)) {
                val before = receiver.received
                until { receiver.received > before + 1_000 }
                cuts.cut()
                // What follows the gap has arrived.
                val after = publishers.accepted()
                until { receiver.next().zip(after).all { (next, accepted) -> next > accepted } }
                receiver.lost shouldBe cuts.lost
                receiver.inversions shouldBe 0
            }
            publishers.stop()
            nats.flush()
            subscriber.flush()
            receiver.received + receiver.lost shouldBe nats.stats().sentMessages.toInt()
            server.shouldHaveReadWholeFrames()
            figure(
                "BufferWhileDisconnectedIsExact: ${cuts.lost} of ${nats.stats().sentMessages} messages were in flight on ${cuts.count} dead sockets",
            )
        }
    })

/** Ends a connection so that it is known to the byte what was under way. */
private class ExactCuts(
    private val nats: NatsConnection,
    private val proxy: FaultProxy,
    private val events: EventLog,
    private val frame: Int,
) {
    private val handshake = proxy.captured(CLIENT_TO_SERVER).single().decodeToString().substringBefore("PING").length + "PING\r\n".length
    private var handedOver = 0L
    private var forwarded = 0L
    var count = 0
        private set

    /** Messages of which the client has handed the last byte to the socket and the proxy has not forwarded it. */
    var lost = 0
        private set

    /** Swallows what the client sends for a moment, closes the connection, and lets the client come back. */
    suspend fun cut() {
        proxy.blackHole(CLIENT_TO_SERVER)
        proxy.refuseConnections()
        val before = nats.stats().sentBytes
        until { nats.stats().sentBytes > before + SWALLOWED }
        proxy.closeConnections()
        events.next<NatsEvent.Disconnected>()
        val handedOverNow = nats.stats().sentBytes - handedOver
        val forwardedNow = proxy.bytes(CLIENT_TO_SERVER) - forwarded - handshake
        lost += (handedOverNow / frame - forwardedNow / frame).toInt()
        handedOver += handedOverNow
        forwarded += forwardedNow + handshake
        count++
        proxy.heal()
        events.next<NatsEvent.Reconnected>()
    }

    private companion object {
        const val SWALLOWED = 20_000
    }
}
