package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.MessageMetadata
import java.time.Instant

/**
 * Reads the subject for acknowledgements, of which there are two layouts:
 *
 * `$JS.ACK.stream.consumer.delivered.streamSequence.consumerSequence.nanoseconds.pending`, and since 2.14, where servers are told to,
 * `$JS.ACK.domain.account.stream.consumer.…` with anything behind it. What the subject was mapped to on its way may stand before `$JS`.
 */
internal object AckSubject {
    /** `null` if [bytes] is no such subject. Each message has one: it is read in place. */
    fun parse(bytes: ByteArray): MessageMetadata? {
        val from = begin(bytes)
        if (from < 0) return null
        // Where the tokens begin; the next one, behind the dot.
        val starts = IntArray(LONG + 1)
        starts[0] = from
        var start = from
        var tokens = 0
        for (at in from..bytes.size) {
            if (at < bytes.size && bytes[at] != DOT) continue
            if (at == start) return null
            start = at + 1
            if (++tokens <= LONG) starts[tokens] = start
        }
        return when {
            tokens == SHORT -> read(bytes, starts, 0)
            tokens >= LONG -> read(bytes, starts, 2)
            else -> null
        }
    }

    private fun read(bytes: ByteArray, starts: IntArray, at: Int): MessageMetadata? {
        fun text(token: Int) = bytes.decodeToString(starts[token], starts[token + 1] - 1)
        val numbers = LongArray(NUMBERS) { number(bytes, starts[at + 2 + it], starts[at + 3 + it] - 1) }
        if (numbers.any { it < 0 }) return null
        val domain = if (at == 0) null else text(0).takeUnless { it == NO_DOMAIN }
        val time = Instant.ofEpochSecond(numbers[TIME] / NANOS, numbers[TIME] % NANOS)
        return MessageMetadata(text(at), text(at + 1), domain, numbers[0], numbers[1], numbers[2], time, numbers[PENDING])
    }

    /** -1 if it is no number, or one that no stream reaches. */
    private fun number(bytes: ByteArray, from: Int, to: Int): Long {
        var number = 0L
        for (i in from until to) {
            val digit = bytes[i] - ZERO
            if (digit !in 0..9 || number > Long.MAX_VALUE / 10) return -1
            number = number * 10 + digit
            if (number < 0) return -1
        }
        return number
    }

    /** Behind `$JS.ACK.`, or -1. */
    private fun begin(bytes: ByteArray): Int {
        for (at in 0..bytes.size - PREFIX.size) {
            if (at > 0 && bytes[at - 1] != DOT) continue
            if (PREFIX.indices.all { bytes[at + it] == PREFIX[it] }) return at + PREFIX.size
        }
        return -1
    }

    private val PREFIX = "\$JS.ACK.".encodeToByteArray()
    private const val DOT = '.'.code.toByte()
    private const val ZERO = '0'.code
    private const val NO_DOMAIN = "_"
    private const val NANOS = 1_000_000_000L

    /** Tokens behind `$JS.ACK`: of the first layout, and at least of the second. */
    private const val SHORT = 7
    private const val LONG = 9
    private const val NUMBERS = 5
    private const val TIME = 3
    private const val PENDING = 4
}
