package dev.midge.nats.internal.outbound

import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.internal.protocol.ClientFrames
import dev.midge.nats.internal.protocol.ProtocolEncoder
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.random.Random

private val large = ServerLimits(1_000, takesHeaders = true)
private val small = ServerLimits(10, takesHeaders = true)

private const val ROOM = 16 * 1024

private fun OutboundBuffer.publish(name: String, size: Int, limits: ServerLimits, written: CompletableDeferred<Unit>? = null): Boolean {
    val subject = name.encodeToByteArray()
    return appendMessages(ProtocolEncoder.publishSize(subject, null, size), written = written, limits = limits) {
        ProtocolEncoder.publishLine(it, subject, null, size)
        it.put(ByteArray(size))
        ProtocolEncoder.endPayload(it)
    }
}

private fun subject(bytes: ByteBuffer, at: Int) = ClientFrames.line(bytes, at).split(' ')[1]

/** The subjects of all messages that wait on [lane]. */
private suspend fun OutboundBuffer.rest(lane: OutboundLane): List<String> = buildList {
    while (counters.pendingBytes > 0) {
        val batch = take(lane) ?: break
        messages(batch) { at, _ -> add(subject(batch.bytes, at)) }
        written(lane, batch, batch.bytes.remaining())
    }
}

private inline fun messages(batch: Batch, seen: (at: Int, end: Int) -> Unit) {
    var at = 0
    while (at < batch.bytes.limit()) {
        val end = ClientFrames.end(batch.bytes, at)
        if (ClientFrames.isMessage(batch.bytes, at)) seen(at, end)
        at = end
    }
}

private val ping = ByteBuffer.allocate(ProtocolEncoder.PING_SIZE).also(ProtocolEncoder::ping).flip()

class NextServerLimitsSpec :
    FunSpec({
        test("what waits when a server lowers its limits in mid-connection is checked before it is written") {
            val buffer = OutboundBuffer(ROOM, Dispatchers.Default)
            val discarded = ArrayList<String>()
            buffer.onDiscarded = { discarded += it.subject }
            val lane = buffer.link(large) { null }
            val watched = List(3) { CompletableDeferred<Unit>() }
            buffer.publish("before", 5, large, watched[0])
            buffer.publish("large", 500, large, watched[1])
            buffer.publish("behind", 5, large, watched[2])
            buffer.limitTo(small)
            buffer.publish("after", 5, small)
            buffer.publish("checked.too.early", 11, large)
            buffer.rest(lane) shouldContainExactly listOf("before", "behind", "after")
            discarded shouldContainExactly listOf("large", "checked.too.early")
            shouldThrow<PayloadTooLargeException> { watched[1].await() }
            watched.map { it.isCancelled } shouldContainExactly listOf(false, true, false)
            buffer.counters.run { listOf(pendingBytes, pendingMessages, discardedMessages) } shouldContainExactly listOf(0L, 0L, 2L)
        }

        test("a batch of which nothing is left is passed over, and makes room") {
            val buffer = OutboundBuffer(600, Dispatchers.Default)
            val lane = buffer.link(large) { null }
            buffer.publish("large", 500, large)
            buffer.limitTo(small)
            withContext(Dispatchers.Default) {
                val waiting = launch {
                    while (!buffer.publish("small", 5, small)) buffer.awaitRoom(500)
                }
                val batch = buffer.take(lane)!!
                subject(batch.bytes, 0) shouldBe "small"
                buffer.written(lane, batch, batch.bytes.remaining())
                waiting.join()
            }
            buffer.counters.pendingBytes shouldBe 0
        }

        test("handing over: each of the two servers gets what it takes, and what is salvaged is held to the limits of the next") {
            val buffer = OutboundBuffer(ROOM, Dispatchers.Default)
            val discarded = ArrayList<String>()
            buffer.onDiscarded = { discarded += it.subject }
            val old = buffer.link(large) { null }
            buffer.publish("a", 500, large)
            val batch = buffer.take(old)!!
            buffer.written(old, batch, batch.bytes.remaining())
            buffer.publish("b", 500, large)
            buffer.publish("c", 5, large)
            val next = buffer.handOver(ping.duplicate(), small) { null }
            buffer.publish("d", 5, small)
            buffer.publish("e", 500, large)
            buffer.salvage(old, next)
            buffer.rest(next) shouldContainExactly listOf("c", "d")
            discarded shouldContainExactly listOf("b", "e")
        }

        test(
            "stress: whenever links break or are left for servers of other limits, a message is written once to one that takes it, or told",
        ) {
            val changes = LinkChanges()
            withContext(Dispatchers.Default) {
                val publishing = async { List(PUBLISHERS) { publisher -> launch { changes.publish(publisher) } }.joinAll() }
                while (publishing.isActive || changes.buffer.counters.pendingBytes > 0) changes.next(this)
            }
            changes.forbidden.shouldBeEmpty()
            val all = List(PUBLISHERS) { publisher -> List(MESSAGES) { "$publisher.$it" } }.flatten()
            changes.received + changes.discarded shouldContainExactlyInAnyOrder all
            for (publisher in 0 until PUBLISHERS) {
                val numbers = changes.received.filter { it.startsWith("$publisher.") }.map { it.substringAfter('.').toInt() }
                numbers shouldBe numbers.sorted()
            }
            changes.buffer.counters.run { pendingMessages to discardedMessages } shouldBe (0L to changes.discarded.size.toLong())
        }
    })

private const val PUBLISHERS = 4
private const val MESSAGES = 5_000

/** Publishers at work, and links to servers of different limits that are left, or break in the middle of a frame, at any moment. */
private class LinkChanges {
    private val random = Random(11)
    private val kinds = listOf(ServerLimits(20, true), ServerLimits(60, true), ServerLimits(200, true))

    @Volatile
    private var limits = kinds.last()
    val buffer = OutboundBuffer(ROOM, Dispatchers.Default).also { it.onDiscarded = { message -> discarded += message.subject } }
    private var lane = buffer.link(limits) { null }
    val received = ArrayList<String>()
    val discarded = ConcurrentLinkedQueue<String>()

    /** Messages that a server was about to be sent although it does not take them. */
    val forbidden = ConcurrentLinkedQueue<String>()

    suspend fun publish(publisher: Int) {
        val random = Random(publisher)
        repeat(MESSAGES) { number ->
            val wanted = random.nextInt(200)
            while (true) {
                val checked = limits
                val size = minOf(wanted, checked.maxPayload.toInt())
                if (random.nextInt(50) == 0) yield()
                if (buffer.publish("$publisher.$number", size, checked)) break
                buffer.awaitRoom(size + 20)
            }
        }
    }

    /** Writes for a while, then goes on with another server. */
    suspend fun next(scope: CoroutineScope) {
        val left = lane
        val writer = scope.launch(left.dispatcher) { write(left) }
        repeat(random.nextInt(30)) { yield() }
        val now = kinds[random.nextInt(kinds.size)]
        if (random.nextBoolean()) {
            limits = now
            lane = buffer.handOver(ping.duplicate(), now) { null }
            repeat(random.nextInt(30)) { yield() }
            writer.cancelAndJoin()
            discarded += buffer.salvage(left, lane).map { it.subject }
        } else {
            writer.cancelAndJoin()
            discarded += buffer.unlink(left, ROOM).map { it.subject }
            limits = now
            lane = buffer.link(now) { null }
        }
    }

    private suspend fun write(lane: OutboundLane) {
        val max = lane.limits!!.maxPayload
        repeat(random.nextInt(4)) {
            val batch = buffer.take(lane) ?: return
            val size = batch.bytes.remaining()
            record(batch, size, max)
            buffer.written(lane, batch, size)
        }
        val last = buffer.take(lane) ?: return
        val handedOver = random.nextInt(last.bytes.limit() + 1)
        record(last, handedOver, max)
        last.bytes.position(handedOver)
    }

    private fun record(batch: Batch, handedOver: Int, max: Long) = messages(batch) { at, end ->
        if (ClientFrames.messageSize(batch.bytes, at) > max) forbidden += subject(batch.bytes, at)
        if (end <= handedOver) received += subject(batch.bytes, at)
    }
}
