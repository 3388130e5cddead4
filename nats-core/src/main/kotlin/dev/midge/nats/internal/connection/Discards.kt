package dev.midge.nats.internal.connection

import dev.midge.nats.NatsEvent
import dev.midge.nats.internal.outbound.DiscardedMessage
import org.slf4j.Logger

/** Tells that messages were accepted and will not be sent. Who waits for them to be written has been told by the outbound buffer. */
internal class Discards(private val events: EventBus, private val log: Logger, private val listener: (DiscardedMessage) -> Unit) {
    fun tell(message: DiscardedMessage) {
        log.warn("a message to '{}' of {} B is not sent: {}", message.subject, message.size, message.cause.message)
        events.tell(NatsEvent.MessageDiscarded(message.subject, message.size, message.cause))
        listener(message)
    }
}
