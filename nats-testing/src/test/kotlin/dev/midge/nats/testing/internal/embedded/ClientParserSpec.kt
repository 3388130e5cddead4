package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.contract.CONNECT_DIALOGUES
import dev.midge.nats.testing.contract.Dialogue
import dev.midge.nats.testing.contract.PUBLISH_DIALOGUES
import dev.midge.nats.testing.contract.SUBSCRIBE_DIALOGUES
import dev.midge.nats.testing.contract.VIOLATION_DIALOGUES
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlin.random.Random

class ClientParserSpec :
    FunSpec({
        test("a stream is read the same in one piece, in any two, and byte by byte") {
            DIALOGUES.filter { it.says.length < LONG }.forEach { dialogue ->
                val bytes = dialogue.says.latin1Bytes()
                val whole = calls(listOf(bytes))
                withClue(dialogue.name) {
                    for (cut in 1 until bytes.size) {
                        withClue("cut at $cut") { calls(listOf(bytes.copyOf(cut), bytes.copyOfRange(cut, bytes.size))) shouldBe whole }
                    }
                    calls(bytes.map { byteArrayOf(it) }) shouldBe whole
                }
            }
        }

        test("a long stream is read the same however it is cut") {
            val random = Random(1)
            val bytes =
                DIALOGUES
                    .filterNot { it.ends }
                    .joinToString("") { it.says }
                    .latin1Bytes()
            val whole = calls(listOf(bytes))
            repeat(200) { calls(randomPieces(bytes, random)) shouldBe whole }
        }

        test("any bytes end in operations or in a violation") {
            val random = Random(2)
            val verbs = listOf("PUB ", "HPUB ", "SUB ", "UNSUB ", "PING", "CONNECT ", "\r\n", " 5 ", "a", "999999999")
            repeat(20_000) {
                val noise = random.nextBytes(random.nextInt(40))
                val text = List(random.nextInt(6)) { verbs.random(random) }.joinToString("").latin1Bytes()
                calls(listOf(text, noise, text))
            }
        }

        test("a control line that never ends is not kept") {
            val parser = ClientParser(RecordingOperations(), MAX_LINE, MAX_PAYLOAD)
            parser.parse("SUB ".latin1Bytes(), 0, 4)
            val letters = ByteArray(1000) { 'a'.code.toByte() }
            repeat(4) { parser.parse(letters, 0, letters.size) }
            shouldThrow<ProtocolViolation> { parser.parse(letters, 0, letters.size) }.reply shouldBe ProtocolViolation.CONTROL_LINE
        }

        test("blanks and ignored text that never end are not kept") {
            val chunk = ByteArray(1024 * 1024) { SPACE }
            listOf("SUB", "PING", "+OK", "CONNECT").forEach { verb ->
                val parser = ClientParser(RecordingOperations(), MAX_LINE, MAX_PAYLOAD)
                parser.parse(verb.latin1Bytes(), 0, verb.length)
                // 1.2 GB each: kept, it would not fit the heap.
                repeat(1_200) { parser.parse(chunk, 0, chunk.size) }
            }
        }

        test("an announced payload takes no memory before it arrives") {
            val parsers = List(20_000) { ClientParser(RecordingOperations(), MAX_LINE, 64 * 1024 * 1024) }
            // 20,000 times 64 MiB: the test's heap would not hold a thousandth of it.
            parsers.forEach { it.parse("PUB a 67108864\r\nxyz".latin1Bytes(), 0, 19) }
        }

        test("each operation is told with its arguments") {
            val stream = "SUB a q 1\r\nUNSUB 1 5\r\nUNSUB 2\r\nPONG\r\nCONNECT {}\r\nHPUB a r 2 03\r\nabc\r\n".latin1Bytes()
            calls(listOf(stream)) shouldContainExactly
                listOf(
                    "subscribe a q 1",
                    "unsubscribe 1 5",
                    "unsubscribe 2 -1",
                    "pong",
                    "connect {}",
                    "announce headers=true",
                    "publish a reply=r sizes=2/03 header=2 total=3 body=abc",
                )
            calls(listOf("PUB a -1\r\n".latin1Bytes())) shouldContain "violation null"
        }
    })

private const val MAX_LINE = 4096
private const val MAX_PAYLOAD = 1024 * 1024

/** Beyond this, trying each cut takes seconds and shows nothing new. */
private const val LONG = 300

private val DIALOGUES: List<Dialogue> = CONNECT_DIALOGUES + PUBLISH_DIALOGUES + SUBSCRIBE_DIALOGUES + VIOLATION_DIALOGUES

private fun calls(pieces: List<ByteArray>): List<String> {
    val operations = RecordingOperations()
    val parser = ClientParser(operations, MAX_LINE, MAX_PAYLOAD)
    try {
        pieces.map { it.copyOf() }.forEach { piece ->
            parser.parse(piece, 0, piece.size)
            // The next bytes are read into the same array.
            piece.fill('#'.code.toByte())
        }
    } catch (e: ProtocolViolation) {
        operations.calls += "violation ${e.reply}"
    }
    return operations.calls
}

private fun randomPieces(bytes: ByteArray, random: Random): List<ByteArray> = buildList {
    var start = 0
    while (start < bytes.size) {
        val end = minOf(bytes.size, start + random.nextInt(1, 50))
        add(bytes.copyOfRange(start, end))
        start = end
    }
}
