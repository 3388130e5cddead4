package dev.midge.nats.jetstream.internal.read

import dev.midge.nats.NatsStatus
import dev.midge.nats.jetstream.JetStreamApiException

/** What a direct get ends with instead of messages: a status, without the code that other errors have. */
internal object ReadRefused {
    fun exception(status: NatsStatus, subject: String, stream: String): JetStreamApiException = JetStreamApiException(
        JetStreamApiException.Details(status.code, 0, status.description.ifEmpty { "status ${status.code}" }, subject, stream, null),
    )
}
