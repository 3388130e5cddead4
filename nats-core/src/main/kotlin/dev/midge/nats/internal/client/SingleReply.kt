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
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.jvm.internal.CoroutineStackFrame
import kotlin.coroutines.resume
import kotlin.time.Duration

/**
 * The one reply that a request waits for: the lean half of a `CompletableDeferred`, made once a request. It is the continuation of the wait as
 * well, in place of one that the compiler would make for what follows: to look at the outcome, and to withdraw a request that was cancelled.
 *
 * INVARIANT: [state] goes from empty to whoever waits, a continuation or a thread, or to the outcome, and from there to the outcome; whoever
 * makes the last step wakes the one that waits. Tested by `SingleReplySpec` and `SingleReplyLincheckSpec`.
 *
 * @param timeout how long it waits; not `null`, but an object, which requests share.
 * @param withdraw takes [number] out of what waits, if the wait ends before it has an outcome.
 */
internal class SingleReply(override val subject: Subject, private val timeout: Duration?, withdraw: (number: Long) -> Unit = NOWHERE) :
    ReplySink,
    Continuation<Any>,
    CoroutineStackFrame {
    override val deadline: Long = RequestTimer.deadline(checkNotNull(timeout))

    /** What it is registered by; written before its caller waits. */
    var number = 0L

    @Volatile
    private var state: Any? = null

    /**
     * How the wait ends. It is told by [wake], with all others of the read: a thread that is woken then finds work for all of them.
     *
     * Until then, and if nothing comes in time, what withdraws the request. Whoever reads that in a race with an outcome withdraws what is no
     * more.
     */
    private var outcome: Any = withdraw

    /** Who waits for [await] to return; written before that waits. */
    private var caller: Continuation<NatsMessage>? = null

    override val context: CoroutineContext
        get() = caller?.context ?: EmptyCoroutineContext

    override val callerFrame: CoroutineStackFrame?
        get() = caller as? CoroutineStackFrame

    override fun getStackTraceElement(): StackTraceElement? = null

    /** Returns the reply, or throws why there is none: in the coroutine that waited, for an exception is not cheap to make. */
    suspend fun await(): NatsMessage = suspendCoroutineUninterceptedOrReturn { caller ->
        this.caller = caller
        // As a coroutine of its own: it goes on where its caller would.
        val place = caller.context[ContinuationInterceptor]?.interceptContinuation(this) ?: this
        val now = withdrawing { OUTCOME(this, place) }
        if (now === COROUTINE_SUSPENDED) COROUTINE_SUSPENDED else reply(checkNotNull(now))
    }

    override fun resumeWith(result: Result<Any>) {
        val reply = result.mapCatching(::reply)
        if (result.isFailure) withdraw()
        checkNotNull(caller).resumeWith(reply)
    }

    private suspend fun awaitOutcome(): Any = suspendCancellableCoroutine { continuation ->
        if (!STATE.compareAndSet(this, null, continuation)) continuation.resume(checkNotNull(state))
    }

    /**
     * As [await], for a thread that parks: no coroutine is made for it.
     *
     * @throws InterruptedException if it is interrupted meanwhile.
     */
    fun awaitOnThread(): NatsMessage = withdrawing { reply(parkForOutcome()) }

    private fun parkForOutcome(): Any {
        STATE.compareAndSet(this, null, Thread.currentThread())
        while (true) {
            val now = state
            if (now != null && now !is Thread) return now
            LockSupport.park(this)
            if (Thread.interrupted()) throw InterruptedException()
        }
    }

    /** Nobody waits for the reply any more if [wait] throws. */
    private inline fun <T> withdrawing(wait: () -> T): T {
        try {
            return wait()
        } catch (e: Throwable) {
            withdraw()
            throw e
        }
    }

    private fun withdraw() {
        @Suppress("UNCHECKED_CAST")
        (outcome as? (Long) -> Unit)?.invoke(number)
    }

    private fun reply(outcome: Any): NatsMessage = checkedReply(subject, outcome, checkNotNull(timeout))

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
        if (STATE.compareAndSet(this, null, outcome)) return null
        val waiting = state
        if (waiting !is Thread && waiting !is CancellableContinuation<*>) return null
        return waiting.takeIf { STATE.compareAndSet(this, it, outcome) }
    }

    private companion object {
        /** For a request that is registered nowhere. */
        val NOWHERE: (Long) -> Unit = {}

        val STATE: AtomicReferenceFieldUpdater<SingleReply, Any?> =
            AtomicReferenceFieldUpdater.newUpdater(SingleReply::class.java, Any::class.java, "state")

        /** [SingleReply.awaitOutcome] as the compiler calls it: with the continuation to go on with. */
        @Suppress("UNCHECKED_CAST", "CAST_NEVER_SUCCEEDS")
        val OUTCOME = SingleReply::awaitOutcome as (SingleReply, Continuation<Any>) -> Any?
    }
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
