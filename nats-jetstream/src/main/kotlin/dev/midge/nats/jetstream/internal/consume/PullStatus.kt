package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsMessage

/** What a server says on the inbox of a pull, beside messages. */
internal class PullStatus(
    val verdict: Verdict,
    val code: Int,
    val text: String,
    /** How many messages the pull has not used, if the server says. */
    val unusedMessages: Int? = null,
    /** The same in bytes. */
    val unusedBytes: Long? = null,
    /** The last delivery of the consumer, by its own count; with a heartbeat. */
    val lastConsumerSequence: Long? = null,
) {
    /** What is to be done. */
    enum class Verdict {
        /** The consumer is there; the pull goes on. */
        ALIVE,

        /** Nothing was there for a pull that does not wait. */
        EMPTY,

        /** The pull's time is over. */
        EXPIRED,

        /** The pull was taken back; another one is needed. */
        AGAIN,

        /** Another one later: there are too many, or the server says what nobody knows. */
        LATER,

        /** The next message does not fit into what was asked for. */
        TOO_BIG,

        /** All messages that were asked for have come, and bytes are left. */
        COMPLETED,

        /** All pulls of the consumer are forgotten. */
        LEADER_CHANGED,

        /** The client is not pinned, or no more. */
        UNPINNED,

        /** Nobody takes pulls: the consumer is missing, or has no leader. */
        UNAVAILABLE,

        /** The consumer was deleted. */
        DELETED,

        /** It is none that can be pulled. */
        NOT_PULLED,

        /** The pull is one that this consumer never takes. */
        REFUSED,
    }

    val endsPull: Boolean
        get() = verdict != Verdict.ALIVE

    override fun toString(): String = if (text.isEmpty()) "$code" else "$code $text"

    companion object {
        fun of(message: NatsMessage, code: Int): PullStatus = try {
            val text = message.status?.description.orEmpty()
            PullStatus(
                verdict(code, text),
                code,
                text,
                message.headers["Nats-Pending-Messages"]?.toIntOrNull(),
                message.headers["Nats-Pending-Bytes"]?.toLongOrNull(),
                message.headers["Nats-Last-Consumer"]?.toLongOrNull(),
            )
        } catch (e: MalformedHeadersException) {
            PullStatus(verdict(code, ""), code, e.message)
        }

        fun verdict(code: Int, text: String): Verdict = when (code) {
            in 0 until 400 -> Verdict.ALIVE
            400, 412 -> Verdict.REFUSED
            404 -> Verdict.EMPTY
            408 -> if (text.has("Requests Pending") || text.has("Interest Expired")) Verdict.AGAIN else Verdict.EXPIRED
            409 -> conflict(text)
            423 -> Verdict.UNPINNED
            503 -> Verdict.UNAVAILABLE
            else -> Verdict.LATER
        }

        private fun conflict(text: String): Verdict = when {
            text.has("Message Size Exceeds") -> Verdict.TOO_BIG
            text.has("Batch Completed") -> Verdict.COMPLETED
            text.has("Exceeded MaxWaiting") -> Verdict.LATER
            text.has("Exceeded Max") -> Verdict.REFUSED
            text.has("Consumer Deleted") -> Verdict.DELETED
            text.has("push based") -> Verdict.NOT_PULLED
            text.has("Leadership Change") -> Verdict.LEADER_CHANGED
            text.has("Server Shutdown") -> Verdict.AGAIN
            else -> Verdict.LATER
        }

        private fun String.has(part: String): Boolean = contains(part, ignoreCase = true)
    }
}
