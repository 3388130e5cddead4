package dev.midge.nats.jetstream.internal.consume

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage

/** Whatever statuses come, in whatever order: the credit stays within its bounds, and something is outstanding, due, or refused. */
class PullStatusFuzzTest {
    @FuzzTest
    fun statuses(input: ByteArray) {
        val plan = PullPlan(MESSAGES, BYTES, MESSAGES / 2, EXPIRES, EXPIRES / 6)
        val state = PullState(plan, 0)
        var now = 0L
        for (line in input.decodeToString().split('\n')) {
            now += STEP
            state.plan(now, 0, 0)
            step(state, line, now)
            check(state.outstanding >= 0 && state.outstandingBytes >= 0) {
                "${state.outstanding}, ${state.outstandingBytes} B after '$line'"
            }
            check(state.waitTime(now, 0, 0) >= 0) { "waits for ${state.waitTime(now, 0, 0)} after '$line'" }
        }
        now += LONG
        state.onTime(now)
        state.plan(now, 0, 0)
        check(state.outstanding > 0 || state.fatal != null) { "nothing is outstanding, nor due" }
    }

    /** `token code unused bytes text`, or a message where there is no code. */
    private fun step(state: PullState, line: String, now: Long) {
        val parts = line.split(' ', limit = PARTS)
        val code = parts.getOrNull(1)?.toIntOrNull() ?: return state.onMessage(line.length.toLong(), now)
        val headers = listOfNotNull(
            parts.getOrNull(2)?.let { "Nats-Pending-Messages" to it },
            parts.getOrNull(3)?.let { "Nats-Pending-Bytes" to it },
        ).filter { (_, value) -> value.none { it < ' ' } }
        val message = NatsMessage("_INBOX.a.1", ByteArray(0), Headers.of(*headers.toTypedArray()))
        val unused = PullStatus.of(message, code)
        val text = parts.getOrNull(PARTS - 1).orEmpty()
        val status = PullStatus(PullStatus.verdict(code, text), code, text, unused.unusedMessages, unused.unusedBytes)
        check(status.endsPull || status.verdict == PullStatus.Verdict.ALIVE) { "$status" }
        state.onStatus(parts[0].toLongOrNull() ?: 1, status, now)
    }

    private companion object {
        const val MESSAGES = 20
        const val BYTES = 10_000L
        const val EXPIRES = 30_000_000_000L
        const val STEP = 50_000_000L
        const val LONG = 100_000_000_000L
        const val PARTS = 5
    }
}
