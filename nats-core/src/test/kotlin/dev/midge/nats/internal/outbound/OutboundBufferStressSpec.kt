package dev.midge.nats.internal.outbound

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.random.Random

private const val PUBLISHERS = 6
private const val FRAMES_EACH = 30_000
private const val HEADER = 12

/** A frame: publisher, number, length, then as many bytes of the publisher's own. */
private fun OutboundBuffer.append(publisher: Int, number: Int, length: Int): Boolean =
    appendMessages(HEADER + length, inPlace = number % 3 == 0) { out ->
        out.putInt(publisher).putInt(number).putInt(length)
        repeat(length) { out.put(publisher.toByte()) }
    }

private suspend fun OutboundBuffer.publish(publisher: Int, number: Int, length: Int) {
    while (!append(publisher, number, length)) awaitRoom(HEADER + length)
}

/** Reads frames from all batches and checks each: whole, unmixed, in its publisher's order. Returns the last number of each publisher. */
private suspend fun OutboundBuffer.readAll(lane: OutboundLane): IntArray {
    val last = IntArray(PUBLISHERS) { -1 }
    while (true) {
        val batch = take(lane) ?: return last
        val size = batch.bytes.remaining()
        while (batch.bytes.hasRemaining()) check(batch.bytes, last)
        written(lane, batch, size)
        if (Random.nextInt(20) == 0) yield()
    }
}

private fun check(bytes: ByteBuffer, last: IntArray) {
    val publisher = bytes.getInt()
    val number = bytes.getInt()
    (number > last[publisher]) shouldBe true
    last[publisher] = number
    repeat(bytes.getInt()) { check(bytes.get() == publisher.toByte()) { "a frame of $publisher was mixed with another" } }
}

private fun length(random: Random) = if (random.nextInt(500) == 0) random.nextInt(100_000) else random.nextInt(200)

class OutboundBufferStressSpec :
    FunSpec({
        test("concurrent publishers under back-pressure lose, tear and reorder nothing") {
            withContext(Dispatchers.Default) {
                val buffer = OutboundBuffer(64 * 1024, Dispatchers.Default)
                val lane = buffer.link { null }
                val reader = async(lane.dispatcher) { buffer.readAll(lane) }
                val publishers = List(PUBLISHERS) { publisher ->
                    launch {
                        val random = Random(publisher)
                        repeat(FRAMES_EACH) { buffer.publish(publisher, it, length(random)) }
                    }
                }
                publishers.joinAll()
                buffer.close()
                reader.await() shouldBe IntArray(PUBLISHERS) { FRAMES_EACH - 1 }
                buffer.counters.messages shouldBe PUBLISHERS.toLong() * FRAMES_EACH
                buffer.counters.pendingBytes shouldBe 0
            }
        }

        test("publishers cancelled at any moment have appended whole frames or none") {
            withContext(Dispatchers.Default) {
                val buffer = OutboundBuffer(4 * 1024, Dispatchers.Default)
                val lane = buffer.link { null }
                val reader = async(lane.dispatcher) { buffer.readAll(lane) }
                val accepted = AtomicIntegerArray(PUBLISHERS)
                List(PUBLISHERS) { publisher -> launch { publishWithCancellation(buffer, publisher, accepted) } }.joinAll()
                val accounted = (0 until PUBLISHERS).sumOf { accepted.get(it) }
                buffer.close()
                reader.await()
                // A cancelled call may have appended its frame before it saw the cancellation, never a part of one: readAll checks that.
                (buffer.counters.messages >= accounted) shouldBe true
                buffer.counters.pendingBytes shouldBe 0
            }
        }
    })

private suspend fun CoroutineScope.publishWithCancellation(buffer: OutboundBuffer, publisher: Int, accepted: AtomicIntegerArray) {
    val random = Random(publisher)
    var number = 0
    repeat(2_000) {
        val from = number
        val job: Job = launch {
            for (i in 0 until 50) {
                buffer.publish(publisher, from + i, length(random))
                accepted.incrementAndGet(publisher)
            }
        }
        repeat(random.nextInt(5)) { yield() }
        job.cancel()
        job.join()
        number += 50
    }
}
