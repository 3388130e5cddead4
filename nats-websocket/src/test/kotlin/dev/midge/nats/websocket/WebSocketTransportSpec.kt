package dev.midge.nats.websocket

import dev.midge.nats.tls.PipeTransport
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.io.IOException
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.util.zip.Inflater
import kotlin.random.Random

private class Fixture(isEncrypted: Boolean = false, compressed: Boolean = false) {
    private val ends = PipeTransport.pair()
    val raw = ends.first
    val server = ends.second
    val transport = WebSocketTransport(raw, isEncrypted, compressed)

    fun frames() = clientFrames(raw.writes.fold(ByteArrayOutputStream()) { all, next -> all.apply { writeBytes(next) } }.toByteArray())
}

private fun inflated(message: ByteArray): ByteArray {
    val inflater = Inflater(true)
    inflater.setInput(message + byteArrayOf(0, 0, -1, -1))
    val target = ByteArray(1_000_000)
    return target.copyOf(inflater.inflate(target)).also { inflater.end() }
}

class WebSocketTransportSpec :
    FunSpec({
        test("what is written at once is one masked binary message, up to 64 KiB") {
            for (isEncrypted in listOf(false, true)) {
                for (size in listOf(1, 7, 8, 125, 126, 127, 65_535, 65_536)) {
                    val fixture = Fixture(isEncrypted)
                    val bytes = ByteBuffer.wrap(Random.nextBytes(size))
                    fixture.transport.write(bytes)
                    bytes.hasRemaining() shouldBe false
                    val (opcode, isCompressed, payload) = fixture.frames().single()
                    opcode shouldBe Opcode.BINARY
                    isCompressed shouldBe false
                    payload shouldBe bytes.array()
                }
            }
        }

        test("more than 64 KiB are several messages") {
            val fixture = Fixture()
            val bytes = Random.nextBytes(200_000)
            fixture.transport.write(ByteBuffer.wrap(bytes))
            fixture.frames().map { it.third.size }.shouldContainExactly(65_536, 65_536, 65_536, 3_392)
            fixture.frames().map { it.third }.reduce(ByteArray::plus) shouldBe bytes
        }

        test("a compressed message inflates to at most what the server takes; what does not shrink goes as it is") {
            val fixture = Fixture(compressed = true)
            fixture.transport.write(ByteBuffer.wrap(ByteArray(1_000)))
            fixture.transport.limit(10_000)
            fixture.transport.write(ByteBuffer.wrap(ByteArray(25_000)))
            val noise = Random.nextBytes(9_000)
            fixture.transport.write(ByteBuffer.wrap(noise))
            fixture.transport.write(ByteBuffer.wrap(ByteArray(63)))
            val frames = fixture.frames()
            // Before the limit is known nothing is compressed.
            frames.map { it.second }.shouldContainExactly(false, true, true, true, false, false)
            frames.slice(1..3).map { inflated(it.third) }.map { it.size }.shouldContainExactly(10_000, 10_000, 5_000)
            frames[1].third.size shouldBeLessThan 200
            frames[4].third shouldBe noise
        }

        for (compressed in listOf(false, true)) {
            test("a write that is cut off before its turn came counts nothing as handed over${if (compressed) ", compressed" else ""}") {
                val fixture = Fixture(compressed = compressed)
                fixture.transport.limit(FrameWriter.MESSAGE_BYTES.toLong())
                fixture.raw.room = 3
                fixture.server.write(ByteBuffer.wrap(serverFrame(Opcode.PING, "here?".encodeToByteArray())))
                fixture.server.write(ByteBuffer.wrap(serverFrame(Opcode.BINARY, "INFO".encodeToByteArray())))
                // The answer hangs in the network, which takes no more than three bytes of it.
                fixture.transport.input.awaitContent() shouldBe true
                fixture.server.input.awaitContent(3)
                val bytes = ByteBuffer.wrap(ByteArray(100_000))
                coroutineScope { launch(start = CoroutineStart.UNDISPATCHED) { fixture.transport.write(bytes) }.cancelAndJoin() }
                bytes.position() shouldBe 0
                bytes.limit() shouldBe 100_000
                fixture.transport.close()
            }
        }

        test("nothing of a compressed message counts as handed over unless all of it was") {
            val fixture = Fixture(compressed = true)
            fixture.transport.limit(10_000)
            // One whole message of a few bytes, and some of the next.
            val whole = Fixture(compressed = true).apply { transport.limit(10_000) }
            whole.transport.write(ByteBuffer.wrap(ByteArray(10_000)))
            fixture.raw.room = whole.raw.writes.single().size + 5
            val bytes = ByteBuffer.wrap(ByteArray(25_000))
            coroutineScope { launch(start = CoroutineStart.UNDISPATCHED) { fixture.transport.write(bytes) }.cancelAndJoin() }
            bytes.position() shouldBe 10_000
            bytes.limit() shouldBe 25_000
            fixture.transport.close()
        }

        test("a write that is cut off in a frame is the last one, and the position counts what the network has taken") {
            val fixture = Fixture()
            fixture.raw.room = 100_000
            val bytes = ByteBuffer.wrap(Random.nextBytes(200_000))
            coroutineScope { launch(start = CoroutineStart.UNDISPATCHED) { fixture.transport.write(bytes) }.cancelAndJoin() }
            // Two headers of 14 bytes.
            bytes.position() shouldBe 100_000 - 2 * 14
            bytes.limit() shouldBe 200_000
            shouldThrow<IOException> { fixture.transport.write(ByteBuffer.wrap(ByteArray(1))) }
            fixture.transport.close()
            // No close frame either: it would be taken for the rest of the message.
            fixture.raw.writes.sumOf { it.size } shouldBe 100_000
        }

        test("pings are answered, without the reader waiting for it") {
            val fixture = Fixture()
            fixture.server.write(ByteBuffer.wrap(serverFrame(Opcode.PING, "here?".encodeToByteArray())))
            fixture.server.write(ByteBuffer.wrap(serverFrame(Opcode.BINARY, "INFO".encodeToByteArray())))
            coroutineScope {
                val answer = async { fixture.server.input.apply { awaitContent(11) } }
                fixture.transport.input.awaitContent() shouldBe true
                answer.await()
            }
            fixture.frames().single().let { (opcode, _, payload) ->
                opcode shouldBe Opcode.PONG
                payload.decodeToString() shouldBe "here?"
            }
        }

        test("closing says so, once") {
            val fixture = Fixture()
            fixture.transport.close()
            fixture.transport.close()
            fixture.frames().shouldHaveSize(1)
            fixture.frames().single().let { (opcode, _, payload) ->
                opcode shouldBe Opcode.CLOSE
                ByteBuffer.wrap(payload).getShort() shouldBe 1000.toShort()
            }
        }
    })
