package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.DeadLetterHeaders
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.PublishOptions

/** Has messages that are given up stored, as they were, where somebody looks at them. */
internal class DeadLetters(private val source: PullSource, private val subject: Subject) {
    /** Returns why [message], given up for [reason], could not be stored; `null` if it is. Throws cancellation only. */
    suspend fun store(message: JetStreamMessage, reason: String): NatsException? {
        // It is one already: the consumer reads the dead letters, and would get it again for ever.
        if (message.subject == subject.value) return null
        return try {
            source.publish(subject, message.payload, options(message, reason))
            null
        } catch (e: NatsException) {
            e
        }
    }

    private fun options(message: JetStreamMessage, reason: String): PublishOptions {
        val sequence = message.metadata.streamSequence
        return PublishOptions {
            // Storing it is tried again if nobody says that it was done; it is one message then too.
            messageId = "dead-letter:${source.stream}:${source.consumer}:$sequence"
            resendAfterReconnect = true
            headers = headers(message)
                .with(DeadLetterHeaders.SUBJECT, message.subject)
                .with(DeadLetterHeaders.REASON, reason.take(LONGEST_REASON).replace('\r', ' ').replace('\n', ' '))
                .with(DeadLetterHeaders.STREAM, source.stream)
                .with(DeadLetterHeaders.SEQUENCE, "$sequence")
                .with(DeadLetterHeaders.CONSUMER, source.consumer)
                .with(DeadLetterHeaders.DELIVERIES, "${message.metadata.delivered}")
        }
    }

    /** Without what would tell a server to do something. */
    private fun headers(message: JetStreamMessage): Headers = message.headers.names
        .filter { it.startsWith(FOR_SERVERS, ignoreCase = true) || it.startsWith(OWN) }
        .fold(message.headers, Headers::without)

    private companion object {
        const val FOR_SERVERS = "Nats-"
        const val OWN = "Dead-Letter-"

        /** Enough to understand it, and far from any `max_payload`. */
        const val LONGEST_REASON = 1024
    }
}
