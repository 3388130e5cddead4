package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.WakeUps

/** A request that waits for replies. May be called by any thread. */
internal interface ReplySink {
    /** Where the request went. */
    val subject: Subject

    /** When the wait ends, by `System.nanoTime`. */
    val deadline: Long

    /** Called by the reader. Returns a signal to raise at the end of the read, or `null`. */
    fun onReply(message: NatsMessage): Signal?

    /** No reply will come, or none will come any more. */
    fun onFailure(cause: NatsException)

    /** Called by the timer. Whom it wakes may be left to [wakeUps], for the caller to wake with the others. */
    fun onDeadline(wakeUps: WakeUps)
}
