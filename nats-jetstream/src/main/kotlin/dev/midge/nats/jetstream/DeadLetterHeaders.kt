package dev.midge.nats.jetstream

import dev.midge.nats.serialization.Undecodable

/** The names of the headers that tell of a message in [ConsumeOptions.deadLetters] what it was. */
public object DeadLetterHeaders {
    /** The subject that it was published to. */
    public const val SUBJECT: String = Undecodable.DeadLetter.SUBJECT

    /** Why it was given up. */
    public const val REASON: String = Undecodable.DeadLetter.REASON

    /** The stream that has it. */
    public const val STREAM: String = "Dead-Letter-Stream"

    /** Its sequence in that stream. */
    public const val SEQUENCE: String = "Dead-Letter-Sequence"

    /** The consumer whose handler did not take it. */
    public const val CONSUMER: String = "Dead-Letter-Consumer"

    /** How often it was delivered. */
    public const val DELIVERIES: String = "Dead-Letter-Deliveries"
}
