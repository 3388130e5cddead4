package dev.midge.nats.jetstream

import java.time.Instant

/** What a stream and a consumer know of a message that they have delivered. It comes in the subject for acknowledgements. Immutable. */
public class MessageMetadata internal constructor(
    /** The stream. */
    @get:JvmName("stream") public val stream: String,
    /** The consumer. */
    @get:JvmName("consumer") public val consumer: String,
    /** The JetStream domain, or `null` if it has none, or the server does not say. */
    @get:JvmName("domain") public val domain: String?,
    /** How often the message was delivered, this time included: 1 at first. */
    @get:JvmName("delivered") public val delivered: Long,
    /** The message's place in the stream, by which it can be read again. */
    @get:JvmName("streamSequence") public val streamSequence: Long,
    /** The count of the consumer's deliveries. Grows when the message is delivered again: it identifies nothing. */
    @get:JvmName("consumerSequence") public val consumerSequence: Long,
    /** When the stream stored it. */
    @get:JvmName("timestamp") public val timestamp: Instant,
    /** How many messages the consumer had still to deliver after this one. */
    @get:JvmName("pending") public val pending: Long,
) {
    private val parts: List<Any?>
        get() = listOf(stream, consumer, domain, delivered, streamSequence, consumerSequence, timestamp, pending)

    override fun equals(other: Any?): Boolean = other is MessageMetadata && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String =
        "MessageMetadata(stream=$stream, consumer=$consumer, domain=$domain, delivered=$delivered, streamSequence=$streamSequence, " +
            "consumerSequence=$consumerSequence, timestamp=$timestamp, pending=$pending)"
}
