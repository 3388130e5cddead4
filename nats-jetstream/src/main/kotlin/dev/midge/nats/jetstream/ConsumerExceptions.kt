package dev.midge.nats.jetstream

/** A consumer delivers no more: it was deleted, with its stream or alone, or it is none that can be pulled. */
public class ConsumerEndedException internal constructor(
    /** The stream. */
    @get:JvmName("stream") public val stream: String,
    /** The consumer. */
    @get:JvmName("consumer") public val consumer: String,
    /** Why, in words that may change. */
    @get:JvmName("reason") public val reason: String,
    cause: Throwable? = null,
) : JetStreamException("the consumer '$consumer' of stream '$stream' delivers no more: $reason", cause)

/** The server refuses a pull as it is, and would refuse it again: it asks for more than the consumer allows, or for what it has not. */
public class PullRefusedException internal constructor(
    /** The stream. */
    @get:JvmName("stream") public val stream: String,
    /** The consumer. */
    @get:JvmName("consumer") public val consumer: String,
    /** The server's own words. */
    @get:JvmName("reason") public val reason: String,
) : JetStreamException("the consumer '$consumer' of stream '$stream' refuses the pull: $reason")

/** The message has been acknowledged already, or refused or terminated: that is said once. Nothing was sent. */
public class AlreadyAcknowledgedException internal constructor(
    /** The message's subject. */
    @get:JvmName("subject") public val subject: String,
) : JetStreamException("the message on '$subject' has been acknowledged, refused or terminated already")

/** Nobody takes the acknowledgement: the consumer is gone, or it is one that acknowledges nothing. */
public class NotAcknowledgedException internal constructor(
    /** The message's subject. */
    @get:JvmName("subject") public val subject: String,
    cause: Throwable? = null,
) : JetStreamException(
    "nobody takes the acknowledgement of the message on '$subject': its consumer is gone, or has the ack policy 'none'",
    cause,
)

/**
 * Thrown by a handler: its message will never be handled, and is not to be delivered again. A message that does not decode needs none, see
 * [NatsConsumer.consume].
 *
 * @param reason what the server is to tell of it; not from servers before 2.10.4.
 */
public class PoisonMessageException @JvmOverloads constructor(
    /** Why. */
    @get:JvmName("reason") public val reason: String,
    cause: Throwable? = null,
) : JetStreamException(reason, cause)
