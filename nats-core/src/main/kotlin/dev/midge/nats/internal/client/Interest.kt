package dev.midge.nats.internal.client

/**
 * What the server knows of a subscription: that there is interest in its subject, under the id [sid].
 *
 * Of its own ([OwnInterest]), or one that several handlers share ([SharedInterest]).
 */
internal interface Interest {
    val sid: Long

    /** Tells the server, waiting for room in the outbound buffer. A cancelled or failed call leaves nothing behind. */
    suspend fun subscribe()

    /** No more than [max] messages are wanted, counted from the beginning. */
    fun limitTo(max: Long)

    /** The last message that was asked for has come. */
    fun limitReached()

    /** First half of a drain: the server stops delivering, and what is under way still arrives. */
    fun stopDelivery()

    /** Nothing is delivered any more, and the server is told unless that has happened before. Idempotent. */
    fun unsubscribe()

    /** Nothing is delivered any more; the server has been told by [stopDelivery]. Idempotent. */
    fun forget()
}
