package dev.midge.nats.testing.internal.embedded

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.testing.fixtures.CutStream

/**
 * Any bytes in any pieces end in operations or a [ProtocolViolation], the same as in one piece. CONNECT is read as a session reads it.
 */
class ClientParserFuzzTest {
    @FuzzTest
    fun stream(input: ByteArray) {
        val cut = CutStream(input)
        val whole = Recording().apply { feed(cut.stream.copyOf()) }.calls
        val recording = Recording()
        cut.forEachPiece { from, to -> recording.feed(cut.stream.copyOfRange(from, to)) }
        check(recording.calls == whole) { "$cut: ${recording.calls}, in one piece: $whole" }
    }

    private class Recording {
        private val operations = RecordingOperations()
        private val parser = ClientParser(Connecting(operations), MAX_LINE, MAX_PAYLOAD)
        private var ended = false
        val calls: List<String> = operations.calls

        fun feed(bytes: ByteArray) {
            if (ended) return
            try {
                parser.parse(bytes, 0, bytes.size)
            } catch (expected: ProtocolViolation) {
                ended = true
                operations.calls += "violation ${expected.reply}"
            }
            // The next read goes to the same array.
            bytes.fill('#'.code.toByte())
        }
    }

    private class Connecting(private val operations: RecordingOperations) : ClientOperations by operations {
        private var request = ConnectRequest()

        override fun connect(json: String) {
            request = request.updatedBy(json)
            operations.connect("$request")
        }
    }

    private companion object {
        /** Above the default of 4 KiB, so that nested JSON is one line. */
        const val MAX_LINE = 64 * 1024
        const val MAX_PAYLOAD = 1024 * 1024
    }
}
