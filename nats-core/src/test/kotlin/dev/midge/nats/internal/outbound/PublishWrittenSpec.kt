package dev.midge.nats.internal.outbound

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.internal.protocol.ProtocolEncoder
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import java.nio.ByteBuffer

private const val SUBJECT = "a"
private const val FRAME = "PUB a 1\r\nx\r\n".length

private fun OutboundBuffer.publish(written: CompletableDeferred<Unit>? = null): Boolean {
    val subject = SUBJECT.encodeToByteArray()
    return appendMessages(ProtocolEncoder.publishSize(subject, null, 1), 1, written) {
        ProtocolEncoder.publishLine(it, subject, null, 1)
        it.put('x'.code.toByte())
        ProtocolEncoder.endPayload(it)
    }
}

private suspend fun OutboundBuffer.write(lane: OutboundLane) {
    val batch = checkNotNull(take(lane))
    written(lane, batch, batch.bytes.remaining())
}

class PublishWrittenSpec :
    FunSpec({
        test("whoever waits for a frame is told when its batch was written, not before") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val lane = buffer.link { null }
            val first = CompletableDeferred<Unit>()
            val second = CompletableDeferred<Unit>()
            buffer.publish(first)
            val batch = buffer.take(lane)!!
            buffer.publish(second)
            first.isCompleted shouldBe false
            buffer.written(lane, batch, batch.bytes.remaining())
            listOf(first, second).map { it.isCompleted } shouldContainExactly listOf(true, false)
            buffer.write(lane)
            second.isCompleted shouldBe true
        }

        test("a batch that is used again does not tell anybody twice or too early") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val lane = buffer.link { null }
            repeat(10) {
                val written = CompletableDeferred<Unit>()
                buffer.publish()
                buffer.publish(written)
                written.isCompleted shouldBe false
                buffer.write(lane)
                written.isCompleted shouldBe true
            }
        }

        test("a frame that was handed over to its last byte is written; the others are once the next link has them") {
            for (handedOver in 0..3 * FRAME) {
                val buffer = OutboundBuffer(1_000, Dispatchers.Default)
                val dead = buffer.link { null }
                val written = List(3) { CompletableDeferred<Unit>() }
                written.forEach { buffer.publish(it) }
                val batch = buffer.take(dead)!!
                batch.bytes.position(handedOver)
                buffer.unlink(dead, 1_000)
                written.map { it.isCompleted } shouldContainExactly List(3) { handedOver >= (it + 1) * FRAME }
                buffer.counters.pendingMessages shouldBe 3 - handedOver / FRAME
                val next = buffer.link { null }
                if (handedOver < 3 * FRAME) buffer.write(next)
                written.map { it.isCompleted } shouldContainExactly listOf(true, true, true)
            }
        }

        test("a move to another link tells nobody too early, also when the old one broke in it") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val old = buffer.link { null }
            val before = CompletableDeferred<Unit>()
            val after = CompletableDeferred<Unit>()
            buffer.publish(before)
            val next = buffer.handOver(ByteBuffer.wrap("UNSUB 1\r\n".encodeToByteArray())) { null }
            buffer.publish(after)
            buffer.salvage(old, next)
            listOf(before, after).map { it.isCompleted } shouldContainExactly listOf(false, false)
            buffer.write(next)
            listOf(before, after).map { it.isCompleted } shouldContainExactly listOf(true, false)
            buffer.write(next)
            after.isCompleted shouldBe true
        }

        test("when there will be no other link, whoever still waits is told why") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val dead = buffer.link { null }
            val written = CompletableDeferred<Unit>()
            buffer.publish(written)
            buffer.unlink(dead, null)
            buffer.close()
            buffer.abandon(ConnectionClosedException("closed"))
            shouldThrow<ConnectionClosedException> { written.await() }
        }

        test("bytes that nobody has looked at go to the link in use alone, in a batch of their own") {
            val buffer = OutboundBuffer(1_000, Dispatchers.Default)
            val dead = buffer.link { null }
            buffer.publish()
            buffer.appendOpaque(ByteBuffer.wrap("?".encodeToByteArray())) shouldBe true
            buffer.publish()
            buffer.take(dead)!!.bytes.remaining() shouldBe FRAME
            buffer.unlink(dead, 1_000)
            buffer.appendOpaque(ByteBuffer.wrap("?".encodeToByteArray())) shouldBe false
            buffer.counters.pendingBytes shouldBe 2L * FRAME
            buffer.take(buffer.link { null })!!.bytes.remaining() shouldBe 2 * FRAME
        }
    })
