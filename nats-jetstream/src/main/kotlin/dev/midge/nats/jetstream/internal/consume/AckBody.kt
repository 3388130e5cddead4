package dev.midge.nats.jetstream.internal.consume

import kotlin.time.Duration

/** What is sent to the subject for acknowledgements. */
internal object AckBody {
    val ACK: ByteArray = "+ACK".encodeToByteArray()
    val NAK: ByteArray = "-NAK".encodeToByteArray()
    val IN_PROGRESS: ByteArray = "+WPI".encodeToByteArray()
    private val TERM = "+TERM".encodeToByteArray()

    fun nak(delay: Duration): ByteArray =
        if (delay == Duration.ZERO) NAK else "-NAK {\"delay\":${delay.boundedNanoseconds}}".encodeToByteArray()

    fun terminate(reason: String?): ByteArray = if (reason.isNullOrEmpty()) TERM else "+TERM $reason".encodeToByteArray()
}
