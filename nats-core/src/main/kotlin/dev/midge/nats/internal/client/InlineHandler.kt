package dev.midge.nats.internal.client

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame

/** What an [InlineSubscription] does with a message where it was read. */
internal fun interface InlineHandler {
    /** [frame] and [subjects] are the reader's. */
    fun handle(frame: MessageFrame, subjects: SubjectCache)

    companion object {
        /** Gives [handler] messages of its own. */
        fun owning(subject: Subject, handler: (NatsMessage) -> Unit): InlineHandler =
            InlineHandler { frame, subjects -> handler(subjects.message(frame, subject)) }

        /** Lends [handler] what was read. The reader is one at a time, and so is the message. */
        fun borrowing(subject: Subject, handler: (BorrowedMessage) -> Unit): InlineHandler {
            val message = BorrowedMessage(subject)
            return InlineHandler { frame, subjects ->
                message.lend(frame, subjects)
                try {
                    handler(message)
                } finally {
                    message.takeBack()
                }
            }
        }
    }
}
