package dev.midge.nats.internal.outbound

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.checkAll
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

private fun OutboundBuffer.offer(text: String): Boolean {
    val bytes = text.encodeToByteArray()
    return appendMessages(bytes.size) { it.put(bytes) }
}

private fun OutboundBuffer.control(text: String): Boolean {
    val bytes = text.encodeToByteArray()
    return appendControl(bytes.size) { it.put(bytes) }
}

/** A buffer with its link, whose writer is the test. */
private class Linked(val buffer: OutboundBuffer, val lane: OutboundLane) {
    val counters get() = buffer.counters

    fun offer(text: String) = buffer.offer(text)

    fun control(text: String) = buffer.control(text)

    suspend fun take() = buffer.take(lane)

    suspend fun takeText(): String? {
        val batch = take() ?: return null
        val size = batch.bytes.remaining()
        val text = ByteArray(size).also(batch.bytes::get).decodeToString()
        buffer.written(lane, batch, size)
        return text
    }
}

private fun open(capacity: Int) = OutboundBuffer(capacity, Dispatchers.Default).let { Linked(it, it.link { null }) }

class OutboundBufferSpec :
    FunSpec({
        test("what is appended while a batch is written goes out together") {
            val buffer = open(1000)
            buffer.offer("a")
            val first = buffer.take()!!
            buffer.offer("b")
            buffer.offer("c")
            buffer.buffer.written(buffer.lane, first, 1)
            buffer.takeText() shouldBe "bc"
        }

        test("batches are taken in the order in which their frames were appended") {
            val buffer = open(10_000_000)
            val frames = List(500) { "$it:".padEnd(1_000, 'x') }
            frames.forEach { buffer.offer(it) shouldBe true }
            buffer.buffer.close()
            buildString { while (true) append(buffer.takeText() ?: break) } shouldBe frames.joinToString("")
        }

        test("small frames and large ones come in the order in which they were appended, whatever the writer takes in between") {
            checkAll(Arb.list(Arb.int(1..2_000), 1..60), Arb.int(1..20)) { sizes, between ->
                val buffer = open(10_000_000)
                val frames = sizes.mapIndexed { i, size -> "$i:".padEnd(size, 'x') }
                val written = StringBuilder()
                frames.forEachIndexed { i, frame ->
                    buffer.offer(frame) shouldBe true
                    if (i % between == 0) written.append(buffer.takeText())
                }
                buffer.buffer.close()
                while (true) written.append(buffer.takeText() ?: break)
                written.toString() shouldBe frames.joinToString("")
                buffer.counters.pendingBytes shouldBe 0
            }
        }

        test("a frame that fails while it is encoded leaves nothing behind, be it small or large") {
            for (size in listOf(10, 2_000)) {
                val buffer = open(100_000)
                buffer.offer("a")
                shouldThrow<IllegalStateException> {
                    buffer.buffer.appendMessages(size) {
                        it.put(ByteArray(size / 2))
                        error("closed")
                    }
                }
                buffer.offer("b")
                buffer.takeText() shouldBe "ab"
            }
        }

        test("a frame larger than a batch, or than the capacity, is taken whole when nothing else waits") {
            val buffer = open(100_000)
            val large = "y".repeat(300_000)
            buffer.offer(large) shouldBe true
            buffer.offer("z") shouldBe false
            buffer.takeText() shouldBe large
            buffer.offer("z") shouldBe true
        }

        test("the capacity is exact to the byte, and control frames do not count against it") {
            val buffer = open(10)
            buffer.offer("1234") shouldBe true
            buffer.offer("5678") shouldBe true
            buffer.offer("901") shouldBe false
            buffer.offer("90") shouldBe true
            buffer.offer("1") shouldBe false
            buffer.control("PONG") shouldBe true
            buffer.counters.pendingBytes shouldBe 14
            buffer.counters.messages shouldBe 3
            buffer.takeText() shouldBe "1234567890PONG"
            buffer.counters.pendingBytes shouldBe 0
            buffer.counters.writtenBytes shouldBe 14
        }

        test("a waiter goes on when there is room") {
            val buffer = open(4)
            buffer.offer("full")
            coroutineScope {
                val waiter = async(start = CoroutineStart.UNDISPATCHED) { buffer.buffer.awaitRoom(4) }
                waiter.isActive shouldBe true
                buffer.takeText()
                waiter.await()
            }
            buffer.offer("more") shouldBe true
        }

        test("a cancelled waiter has appended nothing and is forgotten") {
            val buffer = open(4)
            buffer.offer("full")
            coroutineScope {
                val waiter = launch(start = CoroutineStart.UNDISPATCHED) { buffer.buffer.awaitRoom(4) }
                waiter.cancelAndJoin()
            }
            buffer.takeText() shouldBe "full"
            buffer.counters.messages shouldBe 1
        }

        test("closing releases waiters, refuses what comes later and leaves what is queued to be written") {
            val buffer = open(4)
            buffer.offer("last")
            coroutineScope {
                val waiter = launch(start = CoroutineStart.UNDISPATCHED) { buffer.buffer.awaitRoom(4) }
                buffer.buffer.close()
                waiter.join()
            }
            buffer.offer("more") shouldBe false
            buffer.control("PING") shouldBe false
            buffer.takeText() shouldBe "last"
            buffer.takeText() shouldBe null
        }

        test("a buffer that does not accept refuses messages and makes nobody wait") {
            val buffer = OutboundBuffer(100, Dispatchers.Default)
            buffer.offer("a") shouldBe false
            buffer.awaitRoom(1)
            buffer.control("c") shouldBe false
        }

        test("a frame larger than half the capacity does not wait for an empty buffer") {
            val buffer = open(10)
            buffer.offer("12345") shouldBe true
            buffer.offer("123456789") shouldBe true
            buffer.offer("123456") shouldBe false
            buffer.takeText() shouldBe "12345123456789"
        }
    })
