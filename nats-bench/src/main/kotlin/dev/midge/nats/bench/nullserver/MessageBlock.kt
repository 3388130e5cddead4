package dev.midge.nats.bench.nullserver

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer

/**
 * Encoded messages for the subscriptions of one client, ready to be written again and again.
 *
 * One round is a message for each subscription. The block holds as many rounds as fit into [BLOCK_BYTES], and at least one.
 */
internal class MessageBlock(private val wire: Wire, subscriptions: List<NullSubscription>, payload: ByteArray, withHeaders: Boolean) {
    private val roundBytes: Int
    private val rounds: Int
    private val bytes: ByteBuffer

    init {
        val round = ByteArrayOutputStream()
        subscriptions.forEach { round.write(if (withHeaders) headed(it, payload) else plain(it, payload)) }
        roundBytes = round.size()
        rounds = (BLOCK_BYTES / roundBytes).coerceAtLeast(1)
        bytes = wire.allocate(rounds * roundBytes)
        repeat(rounds) { bytes.put(round.toByteArray()) }
    }

    /** Writes [count] rounds. */
    fun send(count: Int) {
        var rest = count
        while (rest > 0) {
            val now = minOf(rest, rounds)
            wire.write(bytes.position(0).limit(now * roundBytes))
            rest -= now
        }
    }

    private fun plain(to: NullSubscription, payload: ByteArray): ByteArray =
        "MSG ${to.subject} ${to.sid} ${payload.size}\r\n".encodeToByteArray() + payload + CRLF

    private fun headed(to: NullSubscription, payload: ByteArray): ByteArray {
        val sizes = "${HEADERS.size} ${HEADERS.size + payload.size}"
        return "HMSG ${to.subject} ${to.sid} $sizes\r\n".encodeToByteArray() + HEADERS + payload + CRLF
    }

    private companion object {
        /** A system call's fixed cost is lost in it, and it stays in the second-level cache. */
        const val BLOCK_BYTES = 256 * 1024
        val CRLF = "\r\n".encodeToByteArray()

        /** What a traced service sends along. */
        val HEADERS = "NATS/1.0\r\nTrace-Id: 4bf92f3577b34da6a3ce929d0e0e4736\r\nContent-Type: text/plain\r\n\r\n".encodeToByteArray()
    }
}
