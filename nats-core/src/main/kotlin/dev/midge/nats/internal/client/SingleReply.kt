package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsStatus
import dev.midge.nats.NoRespondersException
import dev.midge.nats.ReplySink
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.resume
import kotlin.time.Duration

/**
 * The one reply that a request waits for: the lean half of a `CompletableDeferred`, made once a request.
 *
 * INVARIANT: [state] goes from empty to whoever waits, a continuation or a thread, or to the outcome, and from there to the outcome; whoever
 * makes the last step wakes the one that waits. Tested by `SingleReplySpec` and `SingleReplyLincheckSpec`.
 */
internal class SingleReply(override val subject: Subject, private val timeout: Duration) : ReplySink {
    override val deadline: Long = RequestTimer.deadline(timeout)
    private val state = AtomicReference<Any?>(null)

    /** How the wait ends. It is told by [wake], with all others of the read: a thread that is woken then finds work for all of them. */
    private var outcome: Any = TimedOut

    /** Returns the reply, or throws why there is none: in the coroutine that waited, for an exception is not cheap to make. */
    suspend inline fun await(): NatsMessage = reply(awaitOutcome())

    private suspend fun awaitOutcome(): Any = suspendCancellableCoroutine { continuation ->
        if (!state.compareAndSet(null, continuation)) continuation.resume(checkNotNull(state.get()))
    }

    /**
     * As [await], for a thread that parks: no coroutine is made for it.
     *
     * @throws InterruptedException if it is interrupted meanwhile.
     */
    fun awaitOnThread(): NatsMessage {
        state.compareAndSet(null, Thread.currentThread())
        while (true) {
            val now = state.get()
            if (now != null && now !is Thread) return reply(now)
            LockSupport.park(this)
            if (Thread.interrupted()) throw InterruptedException()
        }
    }

    private fun reply(outcome: Any): NatsMessage = checkedReply(subject, outcome, timeout)

    override fun onReply(message: NatsMessage, status: Int) {
        outcome = message
    }

    override fun onTimeout() = Unit

    override fun onFailure(cause: NatsException) {
        outcome = cause
    }

    override fun wake(wakeUps: WakeUps) {
        val now = outcome
        when (val waiting = settle(now)) {
            is Thread -> wakeUps.unpark(waiting)

            is CancellableContinuation<*> ->
                @Suppress("UNCHECKED_CAST")
                wakeUps.resume(waiting as CancellableContinuation<Any>, now)
        }
    }

    /** Returns the waiter to wake, if there is one. */
    private fun settle(outcome: Any): Any? {
        if (state.compareAndSet(null, outcome)) return null
        val waiting = state.get()
        if (waiting !is Thread && waiting !is CancellableContinuation<*>) return null
        return waiting.takeIf { state.compareAndSet(it, outcome) }
    }

    /** In place of a reply or a failure: nothing came in time. */
    private object TimedOut
}

/**
 * The reply that [outcome] is, or throws why there is none: in the coroutine or thread that waits, for an exception is not cheap to make.
 *
 * @param timeout within which nothing came, if [outcome] is neither a reply nor a failure.
 */
internal fun checkedReply(subject: Subject, outcome: Any?, timeout: Duration): NatsMessage {
    if (outcome is NatsException) throw outcome
    if (outcome !is NatsMessage) throw RequestTimeoutException(subject.value, timeout)
    if (outcome.statusCode == NatsStatus.NO_RESPONDERS) throw NoRespondersException(subject.value)
    ServiceErrors.of(outcome)?.let { throw it }
    return outcome
}
