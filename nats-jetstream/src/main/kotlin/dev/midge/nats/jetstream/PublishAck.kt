package dev.midge.nats.jetstream

import java.math.BigInteger
import java.util.Objects

/** What a stream answers when it has stored a message. Immutable. */
public class PublishAck internal constructor(
    /** The stream that has the message. */
    @get:JvmName("stream") public val stream: String,
    /** Its sequence there; that of the first one if it [isDuplicate], that of the last one of an atomic batch. */
    @get:JvmName("sequence") public val sequence: Long,
    /** The JetStream domain of the stream, or `null` if its server has none. */
    @get:JvmName("domain") public val domain: String? = null,
    /** Whether the stream had a message with this id already, and did not store this one. */
    public val isDuplicate: Boolean = false,
    /** What a counter has come to; `null` for other messages, and for a duplicate. */
    @get:JvmName("value") public val value: BigInteger? = null,
    /** The batch that this ends, or `null`. */
    @get:JvmName("batchId") public val batchId: String? = null,
    /** How many messages the batch has; 0 without one. */
    @get:JvmName("batchCount") public val batchCount: Long = 0,
) {
    override fun equals(other: Any?): Boolean = other is PublishAck && sequence == other.sequence && stream == other.stream &&
        domain == other.domain && isDuplicate == other.isDuplicate && value == other.value && batchId == other.batchId &&
        batchCount == other.batchCount

    override fun hashCode(): Int = Objects.hash(stream, sequence, domain, isDuplicate, value, batchId, batchCount)

    override fun toString(): String = buildString {
        append("PublishAck(stream=$stream, sequence=$sequence")
        domain?.let { append(", domain=$it") }
        if (isDuplicate) append(", isDuplicate=true")
        value?.let { append(", value=$it") }
        batchId?.let { append(", batchId=$it, batchCount=$batchCount") }
        append(')')
    }
}
