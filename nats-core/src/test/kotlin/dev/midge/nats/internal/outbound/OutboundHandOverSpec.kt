package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.protocol.ProtocolEncoder
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.checkAll
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import kotlin.random.Random

private const val NO_HEADERS = ""

private fun OutboundBuffer.publish(payload: String, headers: String = NO_HEADERS, inPlace: Boolean = false): Boolean {
    val subject = "a".encodeToByteArray()
    val bytes = payload.encodeToByteArray()
    val head = headers.encodeToByteArray()
    if (head.isEmpty()) {
        return appendMessages(ProtocolEncoder.publishSize(subject, null, bytes.size), inPlace = inPlace) {
            ProtocolEncoder.publishLine(it, subject, null, bytes.size)
            it.put(bytes)
            ProtocolEncoder.endPayload(it)
        }
    }
    val total = head.size + bytes.size
    return appendMessages(ProtocolEncoder.headerPublishSize(subject, null, head.size, total)) {
        ProtocolEncoder.headerPublishLine(it, subject, null, head.size, total)
        it.put(head).put(bytes)
        ProtocolEncoder.endPayload(it)
    }
}

private fun OutboundBuffer.ping() = appendControl(ProtocolEncoder.PING_SIZE, encode = ProtocolEncoder::ping)

private fun pub(payload: String) = "PUB a ${payload.length}\r\n$payload\r\n"

private fun ByteBuffer.text(): String = ByteArray(remaining()).also(::get).decodeToString()

/** Everything that waits on [lane]. */
private suspend fun OutboundBuffer.rest(lane: OutboundLane): String = buildString {
    while (counters.pendingBytes > 0) {
        val batch = checkNotNull(take(lane))
        val size = batch.bytes.remaining()
        append(batch.bytes.text())
        written(lane, batch, size)
    }
}

class OutboundHandOverSpec :
    FunSpec({
        test("frames that were not handed over to their last byte go to the next link whole, those that were do not") {
            val one = pub("1")
            checkAll(Arb.int(0..3 * one.length)) { handedOver ->
                val buffer = OutboundBuffer(1_000, Dispatchers.Default)
                val dead = buffer.link { null }
                repeat(3) { buffer.publish("${it + 1}") }
                val batch = buffer.take(dead)!!
                batch.bytes.position(handedOver)
                buffer.unlink(dead, 1_000)
                val expected = (1..3).drop(handedOver / one.length).joinToString("") { pub("$it") }
                buffer.counters.pendingBytes shouldBe expected.length
                buffer.counters.writtenBytes shouldBe handedOver
                buffer.publish("4")
                buffer.rest(buffer.link { null }) shouldBe expected + pub("4")
            }
        }

        test("only messages wait for the next link: SUB, UNSUB, PING and PONG concerned the dead one") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val dead = buffer.link { null }
            buffer.publish("1")
            buffer.ping()
            buffer.appendPong(dead)
            val subject = "s".encodeToByteArray()
            buffer.appendSubscribe(ProtocolEncoder.subscribeSize(subject, null, 7), {
                false
            }) { ProtocolEncoder.subscribe(it, subject, null, 7) }
            buffer.appendControl(ProtocolEncoder.unsubscribeSize(7, 3)) { ProtocolEncoder.unsubscribe(it, 7, 3) }
            buffer.publish("2", headers = "NATS/1.0\r\n\r\n")
            buffer.unlink(dead, 1_000)
            buffer.ping() shouldBe false
            buffer.appendSubscribe(100, { false }) { error("nothing is encoded without a link") } shouldBe true
            buffer.rest(buffer.link { ByteBuffer.wrap("SUB s 7\r\n".encodeToByteArray()) }) shouldBe
                "SUB s 7\r\n" + pub("1") + "HPUB a 12 13\r\nNATS/1.0\r\n\r\n2\r\n"
        }

        test("while disconnected the buffer takes what was said, exact to the byte, with what was waiting before") {
            val frame = pub("x").length
            val buffer = OutboundBuffer(10 * frame, Dispatchers.Default)
            val dead = buffer.link { null }
            repeat(3) { buffer.publish("x") shouldBe true }
            buffer.unlink(dead, 20 * frame + frame - 1)
            repeat(17) { buffer.publish("x") shouldBe true }
            buffer.publish("x") shouldBe false
            buffer.counters.pendingBytes shouldBe 20L * frame
            // A larger one is no exception without a link.
            buffer.publish("y".repeat(15 * frame)) shouldBe false
        }

        test("a publisher that waits for room goes on when the buffer grows, and one that is not to wait is told") {
            val buffer = OutboundBuffer(10, Dispatchers.Default)
            val first = buffer.link { null }
            buffer.publish("full")
            coroutineScope {
                val waiter = launch(start = CoroutineStart.UNDISPATCHED) { buffer.awaitRoom(10) }
                waiter.isActive shouldBe true
                buffer.unlink(first, 1_000)
                waiter.join()
            }
            val second = buffer.link { null }
            coroutineScope {
                val waiter = launch(start = CoroutineStart.UNDISPATCHED) { buffer.awaitRoom(10) }
                waiter.isActive shouldBe true
                buffer.unlink(second, null)
                waiter.join()
            }
            buffer.accepting shouldBe false
            buffer.publish("more") shouldBe false
        }

        test("a message of several batches survives any number of links that break in its middle") {
            val large = "z".repeat(3 * Batch.STANDARD_BYTES)
            val buffer = OutboundBuffer(10_000_000, Dispatchers.Default)
            val first = buffer.link { null }
            buffer.publish("before")
            buffer.publish(large)
            buffer.publish("after")
            val small = buffer.take(first)!!
            buffer.written(first, small, small.bytes.remaining())
            buffer.take(first)!!.bytes.position(2 * Batch.STANDARD_BYTES)
            buffer.unlink(first, 10_000_000)
            val second = buffer.link { null }
            buffer.take(second)!!.bytes.position(1)
            buffer.unlink(second, 10_000_000)
            buffer.rest(buffer.link { null }) shouldBe pub(large) + pub("after")
        }

        test("handing over: what was appended before goes to the old link, with its last words behind it") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val old = buffer.link { null }
            buffer.publish("1")
            val next = buffer.handOver(ByteBuffer.wrap("PING\r\n".encodeToByteArray())) {
                ByteBuffer.wrap("SUB s 7\r\n".encodeToByteArray())
            }
            buffer.publish("2")
            buffer.appendControl(ProtocolEncoder.PING_SIZE, old, ProtocolEncoder::ping) shouldBe false
            buffer.appendControl(ProtocolEncoder.PING_SIZE, next, ProtocolEncoder::ping) shouldBe true
            val written = ArrayList<String>()
            while (true) {
                val batch = buffer.take(old) ?: break
                val size = batch.bytes.remaining()
                written += batch.bytes.text()
                buffer.written(old, batch, size)
            }
            written shouldContainExactly listOf(pub("1"), "PING\r\n")
            buffer.rest(next) shouldBe "SUB s 7\r\n" + pub("2") + "PING\r\n"
        }

        test("handing over: what the old link could not take comes first on the next") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val old = buffer.link { null }
            buffer.publish("1")
            buffer.publish("2")
            val next = buffer.handOver(ByteBuffer.wrap("PING\r\n".encodeToByteArray())) {
                ByteBuffer.wrap("SUB s 7\r\n".encodeToByteArray())
            }
            buffer.publish("3")
            buffer.take(old)!!.bytes.position(pub("1").length + 1)
            buffer.salvage(old, next)
            buffer.publish("4")
            buffer.rest(next) shouldBe "SUB s 7\r\n" + pub("2") + pub("3") + pub("4")
        }

        test("stress: links that break at any moment lose nothing, repeat nothing and keep each publisher's order") {
            val frames = 4_000
            val publishers = 4
            val buffer = OutboundBuffer(16 * 1024, Dispatchers.Default)
            var lane = buffer.link { null }
            val received = ArrayList<String>()
            withContext(Dispatchers.Default) {
                val publishing = async {
                    List(publishers) { publisher -> launch { publishAll(buffer, publisher, frames) } }.joinAll()
                }
                val random = Random(7)
                while (publishing.isActive || buffer.counters.pendingBytes > 0) {
                    lane = breakAfterSome(buffer, lane, random, received)
                }
            }
            // One in whose middle three links broke, by chance, is given up and counted.
            received.size shouldBe publishers * frames - buffer.counters.discardedMessages.toInt()
            for (publisher in 0 until publishers) {
                val numbers = received.filter { it.startsWith("$publisher:") }.map { it.substringAfter(':').trimEnd('.').toInt() }
                numbers shouldBe numbers.toSortedSet().toList()
            }
        }

        test("frames are found again by their sizes, whatever their payloads hold") {
            checkAll(Arb.list(Arb.int(0..1_000), 1..20)) { sizes ->
                val buffer = OutboundBuffer(1_000_000, Dispatchers.Default)
                val dead = buffer.link { null }
                val payloads = sizes.map { size -> "\r\nPUB a 1\r\n PING\r\n".repeat(60).take(size) }
                payloads.forEach { buffer.publish(it) }
                buffer.unlink(dead, 1_000_000)
                buffer.rest(buffer.link { null }) shouldBe payloads.joinToString("", transform = ::pub)
            }
        }
    })

private suspend fun publishAll(buffer: OutboundBuffer, publisher: Int, frames: Int) {
    val random = Random(publisher)
    repeat(frames) { number ->
        val payload = "$publisher:$number".padEnd(random.nextInt(1, 300).coerceAtLeast(12), '.')
        while (!buffer.publish(payload, inPlace = number % 3 == 0)) buffer.awaitRoom(payload.length + 20)
    }
}

/**
 * A writer that is cancelled after some batches, or in the middle of one. Adds the payloads of the frames that it handed over whole to
 * [received] and returns the next lane.
 */
private suspend fun CoroutineScope.breakAfterSome(
    buffer: OutboundBuffer,
    lane: OutboundLane,
    random: Random,
    received: MutableList<String>,
): OutboundLane {
    val bytes = StringBuilder()
    val writer = launch(lane.dispatcher) {
        repeat(random.nextInt(4)) {
            val batch = buffer.take(lane) ?: return@launch
            val size = batch.bytes.remaining()
            bytes.append(batch.bytes.text())
            buffer.written(lane, batch, size)
        }
        val last = buffer.take(lane) ?: return@launch
        val part = ByteArray(random.nextInt(last.bytes.remaining() + 1)).also(last.bytes::get)
        bytes.append(part.decodeToString())
    }
    repeat(random.nextInt(50)) { yield() }
    writer.cancelAndJoin()
    buffer.unlink(lane, 16 * 1024)
    // A frame that was cut off is torn: the server drops it with the connection.
    FRAME.findAll(bytes).forEach { received += it.groupValues[1] }
    return buffer.link { null }
}

private val FRAME = Regex("PUB a \\d+\r\n([^\r]*)\r\n")
