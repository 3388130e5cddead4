package dev.midge.nats

/**
 * Counters of a connection since it was made, taken at one moment.
 *
 * Cheap to read: nothing on the way of a message waits for it.
 */
public data class NatsStats(
    /** Messages accepted for sending. */
    public val sentMessages: Long,
    /** Bytes handed to the socket, protocol lines included. */
    public val sentBytes: Long,
    /** Messages received. */
    public val receivedMessages: Long,
    /** Bytes read from the socket, protocol lines included. */
    public val receivedBytes: Long,
    /** Bytes that wait to be handed to the socket. */
    public val pendingBytes: Long,
    /** Messages that wait to be handed to the socket. */
    public val pendingMessages: Long,
    /** Subscriptions that the server may deliver to; handlers of one subject share one. */
    public val subscriptions: Int,
    /** Messages dropped because a collector was too slow. */
    public val droppedMessages: Long,
    /** Requests that wait for a reply. */
    public val pendingRequests: Int,
    /** How often the client was let in by a server. */
    public val connects: Long,
    /** Messages accepted for sending and then taken out, each told by [NatsEvent.MessageDiscarded]. */
    public val discardedMessages: Long = 0,
) {
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
}
