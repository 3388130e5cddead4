package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.offReader
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import kotlin.coroutines.resume

/**
 * One attempt to publish a message, and what becomes of it. The one object that a publish makes beside its acknowledgement.
 *
 * INVARIANT: [state] goes from empty to the continuation that waits or to the outcome, and from there to the outcome; whoever makes the
 * last step wakes the one that waits. [outcome] is written by whoever tells the sink its end, before that. Tested by `AckSinkSpec`.
 */
@OptIn(InternalNatsApi::class)
internal open class AckSink(
    val seam: Seam,
    override val subject: Subject,
    val payload: ByteArray,
    val headers: Headers,
    val terms: PublishTerms,
    /** When to give the message up, all attempts together. */
    val limit: Long = seam.deadline(terms.timeout),
    /** Which attempt of the message it is, counted from 1. */
    val attempt: Int = 1,
    /** What an earlier attempt ended with, after which the message may be stored. */
    val unconfirmed: JetStreamException? = null,
) : ReplySink {
    /** The request that it waits for, or 0 before it is sent. */
    @Volatile
    var number = 0L

    /** How it has ended: the reply, [NoStream], [TimedOut], [Lost], or an exception that kept it from being sent. */
    var outcome: Any = TimedOut
        private set

    @Volatile
    private var state: Any? = null

    /** When to give up this attempt. */
    override val deadline: Long = if (sendsAfterSilence) minOf(limit, seam.deadline(terms.resendAfterSilence)) else limit

    /** No acknowledgement comes by another link. */
    override val failsWithLink: Boolean
        get() = true

    val hasEnded: Boolean
        get() = state.let { it != null && it !is CancellableContinuation<*> }

    /** Whether the stream would know it again. */
    val hasId: Boolean
        get() = PublishHeaders.MESSAGE_ID in headers

    /** Whether there is another attempt when this one is not answered. */
    val sendsAfterSilence: Boolean
        get() = terms.resendAfterSilence != null && hasId

    override fun onReply(message: NatsMessage, status: Int) {
        outcome = if (status == NO_RESPONDERS && message.payload.isEmpty()) NoStream else message
    }

    override fun onTimeout() {
        outcome = TimedOut
    }

    override fun onFailure(cause: NatsException) {
        outcome = Lost(cause)
    }

    override fun wake(wakeUps: WakeUps) {
        val now = outcome
        wakeUps.resume(settle(now) ?: return, now)
    }

    /** Ends it without having been sent: [cause] is what whoever waits for it gets. */
    fun fail(cause: Exception) {
        settle(cause)?.resume(cause)
    }

    /** How it has ended, once it has. Cancelled, nobody waits for the reply any more. */
    suspend fun await(): Any {
        if (hasEnded) return checkNotNull(state)
        try {
            return offReader { awaitOutcome() }
        } catch (e: Throwable) {
            withdraw()
            throw e
        }
    }

    private suspend fun awaitOutcome(): Any = suspendCancellableCoroutine { continuation ->
        if (!STATE.compareAndSet(this, null, continuation)) continuation.resume(checkNotNull(state))
    }

    /** Whether the caller is the first to take its end, where nobody waits. */
    fun claim(): Boolean = STATE.compareAndSet(this, null, outcome)

    fun withdraw() {
        if (number != 0L) seam.withdraw(number)
    }

    /** Returns who waits, to be resumed. */
    private fun settle(outcome: Any): CancellableContinuation<Any>? {
        if (STATE.compareAndSet(this, null, outcome)) return null
        val waiting = state as? CancellableContinuation<*> ?: return null
        @Suppress("UNCHECKED_CAST")
        return (waiting as CancellableContinuation<Any>).takeIf { STATE.compareAndSet(this, it, outcome) }
    }

    /** No stream takes the subject. */
    object NoStream

    /** Nothing came until the deadline. */
    object TimedOut

    /** The link, the connection or the permission is gone. */
    class Lost(val cause: NatsException)

    private companion object {
        const val NO_RESPONDERS = 503

        val STATE: AtomicReferenceFieldUpdater<AckSink, Any?> =
            AtomicReferenceFieldUpdater.newUpdater(AckSink::class.java, Any::class.java, "state")
    }
}
