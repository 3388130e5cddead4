package dev.midge.nats.internal.protocol

import com.sun.management.ThreadMXBean
import dev.midge.nats.ProtocolException
import dev.midge.nats.internal.protocol.RecordingHandler.Companion.parse
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.checkAll
import java.lang.management.ManagementFactory

class ProtocolParserSpec :
    FunSpec({
        context("an operation is recognised") {
            withTests(
                nameFn = { (line, _) -> line.replace("\r\n", "␍␊").replace("\t", "␉") },
                listOf(
                    "PING\r\n" to "PING",
                    "PONG\r\n" to "PONG",
                    "+OK\r\n" to "OK",
                    "-ERR 'Stale Connection'\r\n" to "ERR Stale Connection",
                    "-ERR no quotes\r\n" to "ERR no quotes",
                    "INFO {\"a\":1}\r\n" to "INFO {\"a\":1}",
                    "INFO {\"a\":1} \r\n" to "INFO {\"a\":1}",
                    "MSG foo 1 2\r\nab\r\n" to "MSG foo 1 null 97,98",
                    "MSG foo 1 bar 2\r\nab\r\n" to "MSG foo 1 bar 97,98",
                    "MSG  foo\t 1   2\r\nab\r\n" to "MSG foo 1 null 97,98",
                    "MSG foo 1 0\r\n\r\n" to "MSG foo 1 null ",
                    "MSG foo 1 2\r\n\r\n\r\n" to "MSG foo 1 null 13,10",
                    "MSG foo 123456789012345678 0\r\n\r\n" to "MSG foo 123456789012345678 null ",
                    "HMSG foo 1 12 13\r\nNATS/1.0\r\n\r\nx\r\n" to "MSG foo 1 null 120 headers=NATS/1.0\r\n\r\n",
                    "HMSG foo 1 bar 12 12\r\nNATS/1.0\r\n\r\n\r\n" to "MSG foo 1 bar  headers=NATS/1.0\r\n\r\n",
                ),
            ) { (line, operation) -> parse(line.encodeToByteArray()) shouldContainExactly listOf(operation) }
        }

        context("a violation is an exception") {
            withTests(
                nameFn = { it.take(60).replace("\r", "␍").replace("\n", "␊") },
                "\r\n",
                "\n",
                "PING\n",
                "PINGS\r\n",
                "PONG \r\n",
                "ping\r\n",
                "HELLO\r\n",
                "HTTP/1.1 400 Bad Request\r\n",
                "MSG foo 1\r\n",
                "MSG foo\r\n",
                "MSG \r\n",
                "MSG foo x 2\r\n",
                "MSG foo 1 -2\r\n",
                "MSG foo 1 2x\r\n",
                "MSG foo 1 99999999999999999999\r\n",
                "MSG foo 9999999999999999999 1\r\n",
                "MSG foo 1 1048577\r\n",
                "MSG foo 1 2147483647\r\n",
                "MSG foo 1 4294967296\r\n",
                "MSG foo 1 bar 2 3\r\n",
                "MSG foo 1 2\r\nabc\r\n",
                "MSG foo 1 2\r\nab\n\r",
                "HMSG foo 1 5\r\n",
                "HMSG foo 1 13 12\r\n",
                "HMSG foo 1 a 12 12 12\r\n",
                "HMSGS foo 1 12 12\r\n",
            ) { bytes -> shouldThrow<ProtocolException> { parse(bytes.encodeToByteArray()) } }
        }

        test("a size beyond the limit is refused before anything is allocated for it") {
            val parser = ProtocolParser(ProtocolLimits(payload = Int.MAX_VALUE - 8, headers = 100))
            val line = "HMSG foo 1 2000000000 2000000001\r\n".encodeToByteArray()
            shouldThrow<ProtocolException> { parser.feed(line, 0, line.size, RecordingHandler().handler) }
        }

        test("a control line without end is refused at its limit, an INFO at its own") {
            val endless = "MSG ".encodeToByteArray() + ByteArray(ProtocolLimits.CONTROL_LINE) { 'a'.code.toByte() }
            shouldThrow<ProtocolException> { parse(endless) }
            val longInfo = "INFO ".encodeToByteArray() + ByteArray(ProtocolLimits.CONTROL_LINE * 2) { ' '.code.toByte() }
            parse(longInfo, "{}\r\n".encodeToByteArray()) shouldContainExactly listOf("INFO {}")
            val endlessInfo = "INFO ".encodeToByteArray() + ByteArray(ProtocolLimits.INFO_LINE) { ' '.code.toByte() }
            shouldThrow<ProtocolException> { parse(endlessInfo) }
        }

        test("an unknown operation is refused before its line ends: it may never") {
            val alert = byteArrayOf(21, 3, 3, 0, 2, 2, 40)
            shouldThrow<ProtocolException> { parse(alert) }
            shouldThrow<ProtocolException> { parse(*Array(4) { byteArrayOf(0) }) }
            parse(ByteArray(3)) shouldBe emptyList()
        }

        test("a line is refused at its limit also if it comes in one piece") {
            fun message(length: Int) = "MSG ${"a".repeat(length - "MSG  1 0\r\n".length)} 1 0\r\n\r\n".encodeToByteArray()
            parse(message(ProtocolLimits.CONTROL_LINE)).size shouldBe 1
            shouldThrow<ProtocolException> { parse(message(ProtocolLimits.CONTROL_LINE + 1)) }
            val info = "INFO ".encodeToByteArray() + ByteArray(ProtocolLimits.INFO_LINE) { ' '.code.toByte() } + "\r\n".encodeToByteArray()
            shouldThrow<ProtocolException> { parse(info) }
        }

        test("an announced payload or header block takes no memory before it arrives") {
            val lines = listOf("MSG a 1 67108864\r\nxyz", "HMSG a 1 16777216 67108864\r\nNATS/1.0\r\n").map { it.encodeToByteArray() }
            // 5,000 times 64 MiB: the test's heap would hold some thirty of them.
            val parsers = List(5_000) { ProtocolParser(ProtocolLimits(payload = 64 * 1024 * 1024)) }
            for ((i, parser) in parsers.withIndex()) {
                val line = lines[i % lines.size]
                parser.feed(line, 0, line.size, RecordingHandler().handler)
            }
        }

        test("a large message takes hardly more memory than its size while it arrives") {
            val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean
            val size = 32 * 1024 * 1024
            val parser = ProtocolParser(ProtocolLimits(payload = size))
            val line = "MSG a 1 $size\r\n".encodeToByteArray()
            val piece = ByteArray(64 * 1024)
            val handler = RecordingHandler().handler
            val before = threads.currentThreadAllocatedBytes
            parser.feed(line, 0, line.size, handler)
            repeat(size / piece.size) { parser.feed(piece, 0, piece.size, handler) }
            // All of it, and an eighth in arrays that double up to there.
            threads.currentThreadAllocatedBytes - before shouldBeLessThan size + size / 4L + piece.size
        }

        test("payloads and header blocks of every size come out whole, however they arrive") {
            val sizes = listOf(65_535, 65_536, 65_537, 131_072, 131_073, 200_000, 1_000_000)
            for (headerSize in sizes + 0) {
                for (size in listOf(0) + sizes) {
                    val body = ByteArray(headerSize + size) { (it * 31 + it / 251).toByte() }
                    for (piece in listOf(1_000, 65_536, 300_000)) {
                        withClue("$headerSize + $size B by $piece") { received(headerSize, body, piece).contentEquals(body) shouldBe true }
                    }
                }
            }
        }

        test("every split into two pieces parses the same") {
            checkAll(300, ServerStreams.streams) { stream ->
                val whole = parse(stream)
                for (cut in 1 until stream.size) {
                    withClue("cut at $cut") { parse(stream.copyOfRange(0, cut), stream.copyOfRange(cut, stream.size)) shouldBe whole }
                }
            }
        }

        test("every split into three pieces parses the same") {
            val stream = (
                "MSG größe.a 12 _INBOX.x 3\r\na\r\n\r\nHMSG b 3 16 18\r\nNATS/1.0\r\nA:\r\n\r\n!!\r\nPING\r\n+OK\r\n" +
                    "-ERR 'x'\r\nINFO {\"a\":\"b\"}\r\nPONG\r\nMSG c 1 0\r\n\r\n"
                ).encodeToByteArray()
            val whole = parse(stream)
            whole.size shouldBe 8
            for (first in 1 until stream.size - 1) {
                for (second in first + 1 until stream.size) {
                    val pieces =
                        arrayOf(stream.copyOfRange(0, first), stream.copyOfRange(first, second), stream.copyOfRange(second, stream.size))
                    withClue("cut at $first and $second") { parse(*pieces) shouldBe whole }
                }
            }
        }

        test("single bytes parse the same") {
            checkAll(300, ServerStreams.streams) { stream ->
                parse(*stream.map { byteArrayOf(it) }.toTypedArray()) shouldBe parse(stream)
            }
        }

        test("any 10,000 splits into pieces of any size parse the same") {
            checkAll(10_000, ServerStreams.streams, Arb.list(Arb.int(1..200), 1..60)) { stream, sizes ->
                val pieces = ArrayList<ByteArray>()
                var at = 0
                for (size in sizes) {
                    if (at >= stream.size) break
                    pieces += stream.copyOfRange(at, minOf(at + size, stream.size))
                    at += size
                }
                if (at < stream.size) pieces += stream.copyOfRange(at, stream.size)
                parse(*pieces.toTypedArray()) shouldBe parse(stream)
            }
        }

        test("any bytes at all end in operations or a ProtocolException") {
            checkAll(20_000, Arb.byteArray(Arb.int(0..200), Arb.byte())) { bytes -> parsesOrRefuses(bytes) }
        }

        test("a valid stream with bytes changed ends in operations or a ProtocolException") {
            val words = listOf("\r\n", " ", "MSG ", "HMSG ", "0", "9", "-", "\u0000", "INFO ", "\n")
            val changes = Arb.list(Arb.int(0..10_000), 1..5)
            checkAll(10_000, ServerStreams.streams, changes, Arb.element(words).map { it.encodeToByteArray() }) { stream, positions, word ->
                val changed = stream.copyOf()
                for (position in positions) {
                    word.copyInto(
                        changed,
                        position % maxOf(1, changed.size - word.size),
                        0,
                        minOf(word.size, changed.size),
                    )
                }
                parsesOrRefuses(changed)
            }
        }
    })

private fun parsesOrRefuses(bytes: ByteArray) {
    try {
        parse(bytes)
    } catch (expected: ProtocolException) {
        // One of the two allowed ends; anything else fails the test.
    }
}

/** What a message with [body], of which the first [headerSize] bytes are headers, is read as if it comes in pieces of [piece] bytes. */
private fun received(headerSize: Int, body: ByteArray, piece: Int): ByteArray {
    val stream = "HMSG a 1 $headerSize ${body.size}\r\n".encodeToByteArray() + body + "\r\n".encodeToByteArray()
    val messages = ArrayList<ByteArray>()
    val handler = object : ServerOperationHandler by RecordingHandler().handler {
        override fun onMessage(frame: MessageFrame) {
            val headers = frame.headers()!!
            headers.size shouldBe headerSize
            messages += headers + frame.payload()
        }
    }
    val parser = ProtocolParser(ProtocolLimits(payload = 4 * 1024 * 1024))
    for (at in stream.indices step piece) parser.feed(stream, at, minOf(stream.size, at + piece), handler)
    return messages.single()
}
