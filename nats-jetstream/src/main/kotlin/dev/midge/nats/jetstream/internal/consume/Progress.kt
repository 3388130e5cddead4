package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.AlreadyAcknowledgedException

/** Tells the consumer that [entries] are still being handled, as far as there is a connection. */
internal suspend fun tellProgress(entries: List<Entry>) {
    for (entry in entries) {
        try {
            if (!entry.message.isAcknowledged) entry.message.inProgress()
        } catch (_: AlreadyAcknowledgedException) {
            // Its handler has just ended.
        } catch (_: NatsException) {
            return
        }
    }
}
