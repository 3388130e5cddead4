package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException
import dev.midge.nats.tls.PipeTransport
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.long
import io.kotest.property.checkAll
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readAvailable
import io.ktor.utils.io.readBuffer
import kotlinx.io.readByteArray
import java.nio.ByteBuffer
import java.util.zip.Deflater
import kotlin.random.Random

/** What a channel over [bytes], which come in pieces of at most [piece] bytes, makes of them. */
private suspend fun read(
    bytes: ByteArray,
    piece: Int = Int.MAX_VALUE,
    compressed: Boolean = true,
    pings: MutableList<String> = ArrayList(),
): ByteArray {
    val (client, server) = PipeTransport.pair()
    client.piece = piece
    server.write(ByteBuffer.wrap(bytes))
    server.close()
    val inflater = if (compressed) MessageInflater() else null
    return WebSocketReadChannel(client.input, inflater) { pings += it.decodeToString() }.readBuffer().readByteArray()
}

private fun refusal(bytes: ByteArray): suspend () -> String = { shouldThrow<ProtocolException> { read(bytes, compressed = false) }.message }

/** [content] as messages of random frames, compressed or not, with pings anywhere. */
private fun frames(content: ByteArray, random: Random): ByteArray {
    var result = ByteArray(0)
    var at = 0
    while (at < content.size) {
        val message = content.copyOfRange(at, minOf(content.size, at + random.nextInt(0, 70_000)))
        at += message.size
        val compressed = random.nextBoolean()
        var rest = if (compressed) deflated(message) else message
        var isFirst = true
        do {
            val payload = rest.copyOf(random.nextInt(rest.size + 1))
            rest = rest.copyOfRange(payload.size, rest.size)
            val opcode = if (isFirst) Opcode.BINARY else Opcode.CONTINUATION
            result += serverFrame(opcode, payload, isFinal = rest.isEmpty(), reserved = if (compressed && isFirst) 0x40 else 0)
            if (random.nextInt(4) == 0) result += serverFrame(Opcode.PING, "ping".encodeToByteArray())
            isFirst = false
        } while (rest.isNotEmpty())
    }
    return result
}

class FragmentationSpec :
    FunSpec({
        test("any fragmentation of messages, compressed or not, read in any pieces, is the same stream of bytes") {
            checkAll(400, Arb.long(), Arb.int(1..100_000)) { seed, piece ->
                val random = Random(seed)
                val content = ByteArray(random.nextInt(200_000)) {
                    if (random.nextInt(3) ==
                        0
                    ) {
                        random.nextInt().toByte()
                    } else {
                        'x'.code.toByte()
                    }
                }
                read(frames(content, random), piece) shouldBe content
            }
        }

        test("byte by byte, pings between the frames of a message are told, and a close ends the stream") {
            val bytes = serverFrame(Opcode.BINARY, "INFO ".encodeToByteArray(), isFinal = false) +
                serverFrame(Opcode.PING, "a".encodeToByteArray()) + serverFrame(Opcode.PING, ByteArray(0)) +
                serverFrame(Opcode.PONG, ByteArray(0)) +
                serverFrame(Opcode.CONTINUATION, ByteArray(0), isFinal = false) +
                serverFrame(Opcode.CONTINUATION, "{}\r\n".encodeToByteArray()) +
                serverFrame(Opcode.CLOSE, ByteArray(0)) + serverFrame(Opcode.BINARY, "late".encodeToByteArray())
            val pings = ArrayList<String>()
            read(bytes, piece = 1, pings = pings).decodeToString() shouldBe "INFO {}\r\n"
            pings.shouldContainExactly("a", "")
        }

        test("a message of any size is passed on as it comes: no more is read than is asked for") {
            val (client, server) = PipeTransport.pair()
            val frame = serverFrame(Opcode.BINARY, ByteArray(50_000_000))
            server.write(ByteBuffer.wrap(frame))
            val channel = WebSocketReadChannel(client.input, null) {}
            channel.awaitContent()
            channel.availableForRead() shouldBeLessThan 65_537
        }

        test("what a small compressed message holds is inflated as it is read") {
            val (client, server) = PipeTransport.pair()
            server.write(ByteBuffer.wrap(serverFrame(Opcode.BINARY, deflated(ByteArray(50_000_000)), reserved = 0x40)))
            val channel = WebSocketReadChannel(client.input, MessageInflater()) {}
            channel.awaitContent()
            channel.availableForRead() shouldBeLessThan 65_537
        }

        test("a compressed message may refer to the one before, and its stream may end with it") {
            val words = "to be or not to be, that is the question".encodeToByteArray()
            val deflater = Deflater(Deflater.DEFAULT_COMPRESSION, true)
            val flushed = List(2) { deflated(words, deflater) }
            flushed[1].size shouldBeLessThan 10
            val ended = List(2) { finished(words) }
            val bytes = (flushed + ended).map { serverFrame(Opcode.BINARY, it, reserved = 0x40) }.reduce(ByteArray::plus)
            for (piece in listOf(1, 2, 3, 10_000)) read(bytes, piece) shouldBe words + words + words + words
        }

        test("what no server may send is a protocol violation") {
            val data = "data".encodeToByteArray()
            val violations = mapOf(
                "text" to serverFrame(Opcode.TEXT, data),
                "kind that does not exist" to serverFrame(3, data),
                "kind that does not exist: 11" to serverFrame(11, data),
                "kind that does not exist: 15" to serverFrame(15, ByteArray(0)),
                "out of turn" to serverFrame(Opcode.CONTINUATION, data),
                "piece of a WebSocket message out of turn" to
                    serverFrame(Opcode.BINARY, data, isFinal = false) + serverFrame(Opcode.BINARY, data),
                "compressed WebSocket frame where there can be none" to serverFrame(Opcode.BINARY, data, reserved = 0x40),
                "reserved bits" to serverFrame(Opcode.BINARY, data, reserved = 0x10),
                "control frame in pieces" to serverFrame(Opcode.PING, data, isFinal = false),
                "compressed control frame" to serverFrame(Opcode.PING, data, reserved = 0x40),
                "control frame of 126 B" to serverFrame(Opcode.PING, ByteArray(126)),
                "masked" to byteArrayOf(0x82.toByte(), 0x81.toByte(), 0, 0, 0, 0, 0),
                "longer than frames can be" to byteArrayOf(0x82.toByte(), 127, -1, 0, 0, 0, 0, 0, 0, 0),
            )
            violations.forEach { (words, bytes) -> refusal(bytes)() shouldContain words }
            shouldThrow<ProtocolException> {
                read(serverFrame(Opcode.BINARY, byteArrayOf(-1, -1, -1, -1), reserved = 0x40))
            }.message shouldContain
                "cannot be inflated"
            shouldThrow<ProtocolException> {
                read(
                    serverFrame(Opcode.BINARY, deflated(data), isFinal = false, reserved = 0x40) +
                        serverFrame(Opcode.CONTINUATION, data, reserved = 0x40),
                )
            }.message shouldContain "where there can be none"
        }

        test("any bytes at all end in bytes or a protocol violation") {
            checkAll(2_000, Arb.long(), Arb.int(1..200)) { seed, piece ->
                try {
                    read(Random(seed).nextBytes(Random(seed).nextInt(500)), piece)
                } catch (expected: ProtocolException) {
                    // One of the two.
                }
            }
        }
    })

/** What can be read without waiting. */
private suspend fun ByteReadChannel.availableForRead(): Int {
    val target = ByteArray(1_000_000)
    return readAvailable(target)
}
