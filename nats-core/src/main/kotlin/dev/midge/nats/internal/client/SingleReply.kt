package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.WakeUps
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
internal class SingleReply(override val subject: Subject, private val timeout: Duration) :
    ReplySink,
    Signal {
    override val deadline: Long = RequestTimer.deadline(timeout)
    private val state = AtomicReference<Any?>(null)

    /** The reader's alone. */
    private var arrived: NatsMessage? = null

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

    private fun reply(outcome: Any): NatsMessage = when (outcome) {
        is NatsMessage -> outcome
        is NatsException -> throw outcome
        else -> throw RequestTimeoutException(subject.value, timeout)
    }

    /** Woken by [wake] with all other replies of the read: a thread that is woken then finds work for all of them. */
    override fun onReply(message: NatsMessage): Signal {
        if (arrived == null) arrived = message
        return this
    }

    override fun wake() {
        arrived?.let(::settleAndWake)
    }

    override fun wake(wakeUps: WakeUps) {
        arrived?.let { settle(it, wakeUps) }
    }

    override val holdsReader: Boolean
        get() = false

    override suspend fun awaitRoom() = Unit

    override fun onFailure(cause: NatsException) {
        settleAndWake(cause)
    }

    override fun onDeadline(wakeUps: WakeUps) {
        settle(TimedOut, wakeUps)
    }

    private fun settleAndWake(outcome: Any) {
        when (val waiting = settle(outcome)) {
            is Thread -> LockSupport.unpark(waiting)

            is CancellableContinuation<*> ->
                @Suppress("UNCHECKED_CAST")
                (waiting as CancellableContinuation<Any>).resume(outcome)
        }
    }

    private fun settle(outcome: Any, wakeUps: WakeUps) {
        when (val waiting = settle(outcome)) {
            is Thread -> wakeUps.add(waiting)
            is CancellableContinuation<*> -> wakeUps.add(waiting, outcome)
        }
    }

    /** Returns who waits and is to be woken, if anybody. */
    private fun settle(outcome: Any): Any? {
        if (state.compareAndSet(null, outcome)) return null
        val waiting = state.get()
        if (waiting !is Thread && waiting !is CancellableContinuation<*>) return null
        return waiting.takeIf { state.compareAndSet(it, outcome) }
    }

    /** In place of a reply or a failure: nothing came in time. */
    private object TimedOut
}
