package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishUnconfirmedException

/** Says what the outcome of an attempt means: in the coroutine that waits for it, for reading and exceptions are not for the reader. */
@OptIn(InternalNatsApi::class)
internal class AckReading {
    private val parser = PubAckParser()

    /** The acknowledgement that [outcome] is, or throws why there is none. */
    fun ack(sink: AckSink, outcome: Any): PublishAck = parser.parse(sink.subject.value, reply(sink, outcome))

    /** The reply that [outcome] is, or throws why there is none. */
    fun reply(sink: AckSink, outcome: Any): NatsMessage = when (outcome) {
        is NatsMessage -> outcome
        AckSink.NoStream -> throw NoStreamException(sink.subject.value, sink.attempt)
        is AckSink.Lost -> throw lost(sink, outcome)
        is Exception -> throw outcome
        else -> throw JetStreamTimeoutException(sink.subject.value, null, null, sink.terms.timeout, null)
    }

    /** A refused publish is certain not to be stored; of all else nobody knows. */
    private fun lost(sink: AckSink, outcome: AckSink.Lost): Exception {
        val cause = outcome.cause
        val isRefused = cause is PermissionViolationException && cause.operation == PermissionViolationException.Operation.PUBLISH
        return if (isRefused) cause else PublishUnconfirmedException(sink.subject.value, cause)
    }
}
