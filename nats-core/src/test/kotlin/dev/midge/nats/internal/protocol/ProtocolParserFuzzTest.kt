package dev.midge.nats.internal.protocol

import com.code_intelligence.jazzer.junit.FuzzTest
import com.sun.management.ThreadMXBean
import dev.midge.nats.ProtocolException
import dev.midge.nats.testing.fixtures.CutStream
import java.lang.management.ManagementFactory

/** Any bytes in any pieces end in operations or a [ProtocolException], the same as in one piece, and take only memory for what has arrived. */
class ProtocolParserFuzzTest {
    @FuzzTest
    fun stream(input: ByteArray) {
        val cut = CutStream(input)
        val whole = Recording().apply { feed(cut.stream.copyOf()) }.operations
        val recording = Recording()
        cut.forEachPiece { from, to -> recording.feed(cut.stream.copyOfRange(from, to)) }
        check(recording.operations == whole) { "$cut: ${recording.operations}, in one piece: $whole" }
        checkMemory(cut)
    }

    private class Recording {
        private val recording = RecordingHandler()
        private val parser = ProtocolParser(limits)
        private var ended = false
        val operations: List<String> = recording.operations

        fun feed(bytes: ByteArray) {
            if (ended) return
            try {
                parser.feed(bytes, 0, bytes.size, recording.handler)
            } catch (expected: ProtocolException) {
                ended = true
                recording.operations += "violation"
            }
            // The next read goes to the same array.
            bytes.fill('#'.code.toByte())
        }
    }

    /** Many megabytes may be announced here: they must not be allocated on the announcement. */
    private fun checkMemory(cut: CutStream) {
        val parser = ProtocolParser(limits)
        val before = threads.currentThreadAllocatedBytes
        try {
            cut.forEachPiece { from, to -> parser.feed(cut.stream, from, to, Ignoring) }
        } catch (expected: ProtocolException) {
            // Within the same bounds.
        }
        val allocated = threads.currentThreadAllocatedBytes - before
        check(allocated <= ONCE + cut.stream.size * PER_BYTE) { "$allocated B were allocated for $cut" }
    }

    private object Ignoring : ServerOperationHandler {
        override fun onInfo(json: String) = Unit

        override fun onMessage(frame: MessageFrame) = Unit

        override fun onPing() = Unit

        override fun onPong() = Unit

        override fun onOk() = Unit

        override fun onError(error: String) = Unit
    }

    private companion object {
        /** What classes and exceptions take when first used; far less than the limits below. */
        const val ONCE = 1024 * 1024L

        /** Small messages, each with arrays of its own, take this at most. */
        const val PER_BYTE = 64L

        val limits = ProtocolLimits(payload = 64 * 1024 * 1024)
        val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean
    }
}
