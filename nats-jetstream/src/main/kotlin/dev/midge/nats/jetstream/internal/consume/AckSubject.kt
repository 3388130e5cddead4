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
    /** `null` if [bytes] is no such subject. */
    fun parse(bytes: ByteArray): MessageMetadata? {
        val from = begin(bytes)
        if (from < 0) return null
        val tokens = bytes.decodeToString(from, bytes.size).split('.')
        return when {
            tokens.any { it.isEmpty() } -> null
            tokens.size == SHORT -> read(tokens, 0, null)
            tokens.size >= LONG -> read(tokens, 2, tokens[0].takeUnless { it == NO_DOMAIN })
            else -> null
        }
    }

    private fun read(tokens: List<String>, at: Int, domain: String?): MessageMetadata? {
        val numbers = LongArray(NUMBERS) { number(tokens[at + 2 + it]) }
        if (numbers.any { it < 0 }) return null
        val time = Instant.ofEpochSecond(numbers[TIME] / NANOS, numbers[TIME] % NANOS)
        return MessageMetadata(tokens[at], tokens[at + 1], domain, numbers[0], numbers[1], numbers[2], time, numbers[PENDING])
    }

    /** -1 if it is no number, or one that no stream reaches. */
    private fun number(text: String): Long = if (text.all { it in '0'..'9' }) text.toLongOrNull() ?: -1 else -1

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
    private const val NO_DOMAIN = "_"
    private const val NANOS = 1_000_000_000L

    /** Tokens behind `$JS.ACK`: of the first layout, and at least of the second. */
    private const val SHORT = 7
    private const val LONG = 9
    private const val NUMBERS = 5
    private const val TIME = 3
    private const val PENDING = 4
}
