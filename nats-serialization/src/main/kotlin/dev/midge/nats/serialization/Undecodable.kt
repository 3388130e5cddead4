package dev.midge.nats.serialization

import dev.midge.nats.Subject

/**
 * What a typed subscription does with a message that does not decode. Each is counted ([TypedSubscription.undecodableMessages]) and an event
 * ([NatsEvent.MessageNotDecoded][dev.midge.nats.NatsEvent.MessageNotDecoded]), whatever is done with it; the first of a subscription is logged at WARN, the others at DEBUG (logger `dev.midge.nats.serialization`), payloads never.
 */
public sealed class Undecodable {
    /** Passes it over and goes on with the next one. The default. */
    public object Skip : Undecodable() {
        override fun toString(): String = "Skip"
    }

    /**
     * Ends the subscription: its Flow fails with [UndecodableMessageException].
     *
     * One that was given a handler is unsubscribed, and the exception is reported as if the handler had thrown it
     * ([NatsEvent.HandlerFailed][dev.midge.nats.NatsEvent.HandlerFailed]); what still waits is passed over.
     */
    public object Fail : Undecodable() {
        override fun toString(): String = "Fail"
    }

    /**
     * Publishes it to [subject], payload and headers as they were received, and goes on with the next one.
     *
     * Three headers are added: [SUBJECT], [REASON] and, if it had one, [REPLY_TO]. Publishing waits as any publish does. If it fails, the
     * message is passed over, logged at WARN, and not among [TypedSubscription.deadLetters].
     */
    public class DeadLetter(@get:JvmName("subject") public val subject: Subject) : Undecodable() {
        /** As the one with a [Subject]. */
        public constructor(subject: String) : this(Subject(subject))

        init {
            require(!subject.isWildcard) { "one publishes to a subject without wildcards, which '$subject' is not" }
        }

        override fun toString(): String = "DeadLetter($subject)"

        /** The names of the headers that are added. */
        public companion object {
            /** The subject that the message was published to. */
            public const val SUBJECT: String = "Dead-Letter-Subject"

            /** Why it does not decode. */
            public const val REASON: String = "Dead-Letter-Reason"

            /** Where its publisher expected an answer. */
            public const val REPLY_TO: String = "Dead-Letter-Reply-To"
        }
    }
}
