package dev.midge.nats

import dev.midge.nats.internal.values.Parts

/**
 * Counters of a connection since it was made, taken at one moment.
 *
 * Cheap to read: nothing on the way of a message waits for it.
 */
public class NatsStats internal constructor(
    /** Messages accepted for sending. */
    @get:JvmName("sentMessages") public val sentMessages: Long,
    /** Bytes handed to the socket, protocol lines included. */
    @get:JvmName("sentBytes") public val sentBytes: Long,
    /** Messages received. */
    @get:JvmName("receivedMessages") public val receivedMessages: Long,
    /** Bytes read from the socket, protocol lines included. */
    @get:JvmName("receivedBytes") public val receivedBytes: Long,
    /** Bytes that wait to be handed to the socket. */
    @get:JvmName("pendingBytes") public val pendingBytes: Long,
    /** Messages that wait to be handed to the socket. */
    @get:JvmName("pendingMessages") public val pendingMessages: Long,
    /** Subscriptions that the server may deliver to; handlers of one subject share one. */
    @get:JvmName("subscriptions") public val subscriptions: Int,
    /** Messages dropped because a collector was too slow. */
    @get:JvmName("droppedMessages") public val droppedMessages: Long,
    /** Requests that wait for a reply. */
    @get:JvmName("pendingRequests") public val pendingRequests: Int,
    /** How often the client was let in by a server. */
    @get:JvmName("connects") public val connects: Long,
    /** Messages accepted for sending and then taken out, each told by [NatsEvent.MessageDiscarded]. */
    @get:JvmName("discardedMessages") public val discardedMessages: Long,
) {
    private val parts: Parts
        get() = Parts(
            "NatsStats",
            "sentMessages" to sentMessages,
            "sentBytes" to sentBytes,
            "receivedMessages" to receivedMessages,
            "receivedBytes" to receivedBytes,
            "pendingBytes" to pendingBytes,
            "pendingMessages" to pendingMessages,
            "subscriptions" to subscriptions,
            "droppedMessages" to droppedMessages,
            "pendingRequests" to pendingRequests,
            "connects" to connects,
            "discardedMessages" to discardedMessages,
        )

    /** The sums of these counters and those of [other]. */
    public operator fun plus(other: NatsStats): NatsStats = NatsStats(
        sentMessages + other.sentMessages,
        sentBytes + other.sentBytes,
        receivedMessages + other.receivedMessages,
        receivedBytes + other.receivedBytes,
        pendingBytes + other.pendingBytes,
        pendingMessages + other.pendingMessages,
        subscriptions + other.subscriptions,
        droppedMessages + other.droppedMessages,
        pendingRequests + other.pendingRequests,
        connects + other.connects,
        discardedMessages + other.discardedMessages,
    )

    override fun equals(other: Any?): Boolean = other is NatsStats && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()
}
