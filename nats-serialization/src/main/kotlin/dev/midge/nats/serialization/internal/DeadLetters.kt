package dev.midge.nats.serialization.internal

import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.serialization.Undecodable.DeadLetter
import dev.midge.nats.serialization.UndecodableMessageException
import org.slf4j.LoggerFactory

/** Publishes messages that do not decode, as they were received, to where somebody looks at them. */
internal class DeadLetters(private val publisher: NatsPublisher, private val subject: Subject) {
    /** Whether it was published. Only cancellation is thrown: a bad message must not end a subscription in any other way. */
    suspend fun publish(failure: UndecodableMessageException): Boolean {
        // The subscription's wildcard covers the dead-letter subject too: it would come back for ever.
        if (failure.undecoded.subject == subject.value) return false
        return try {
            publishWithReason(failure)
            true
        } catch (e: NatsException) {
            log.warn("a message that does not decode could not be published to '{}': {}", subject, e.message)
            false
        }
    }

    private suspend fun publishWithReason(failure: UndecodableMessageException) {
        val message = failure.undecoded
        try {
            publisher.publish(subject, message.payload, headers(message, failure))
        } catch (e: PayloadTooLargeException) {
            // With the reason it is too long. What was received can be sent.
            publisher.publish(subject, message.payload)
        } catch (e: HeadersNotSupportedException) {
            publisher.publish(subject, message.payload)
        }
    }

    private fun headers(message: NatsMessage, failure: UndecodableMessageException): Headers {
        val received = try {
            message.headers
        } catch (e: MalformedHeadersException) {
            Headers.Empty
        }
        val cause = failure.cause
        val reason = if (cause == null) failure.message else "${failure.message}: ${cause.message.orEmpty()}"
        val headers = received
            .without(DeadLetter.SUBJECT)
            .without(DeadLetter.REASON)
            .without(DeadLetter.REPLY_TO)
            .with(DeadLetter.SUBJECT, message.subject)
            .with(DeadLetter.REASON, reason.take(LONGEST_REASON).replace('\r', ' ').replace('\n', ' '))
        return message.replyTo?.let { headers.with(DeadLetter.REPLY_TO, it) } ?: headers
    }

    private companion object {
        /** Enough to understand it, and far from any `max_payload`. */
        const val LONGEST_REASON = 1024
        val log = LoggerFactory.getLogger("dev.midge.nats.serialization")
    }
}
