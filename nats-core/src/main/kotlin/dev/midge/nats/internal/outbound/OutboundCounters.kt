package dev.midge.nats.internal.outbound

/**
 * What went through an [OutboundBuffer].
 *
 * @property messages messages appended.
 * @property writtenBytes bytes handed to the socket.
 * @property pendingBytes bytes that wait for it.
 * @property pendingMessages messages that wait for it.
 * @property discardedMessages messages that were taken out while they waited.
 */
internal class OutboundCounters(
    val messages: Long,
    val writtenBytes: Long,
    val pendingBytes: Long,
    val pendingMessages: Long,
    val discardedMessages: Long,
)
