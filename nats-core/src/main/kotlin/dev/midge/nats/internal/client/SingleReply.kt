package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.internal.inbound.Signal
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
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
    override val deadline: Long = System.nanoTime() + timeout.inWholeNanoseconds
    private val state = AtomicReference<Any?>(null)

    /** The reader's alone. */
    private var arrived: NatsMessage? = null

    /** Returns the reply, or throws why there is none. */
    suspend fun await(): NatsMessage = suspendCancellableCoroutine { continuation ->
        if (!state.compareAndSet(null, continuation)) resume(continuation, checkNotNull(state.get()))
    }

    /**
     * As [await], for a thread that parks: no coroutine is made for it.
     *
     * @throws InterruptedException if it is interrupted meanwhile.
     */
    fun awaitOnThread(): NatsMessage {
        state.compareAndSet(null, Thread.currentThread())
        while (true) {
            when (val now = state.get()) {
                is NatsMessage -> return now
                is NatsException -> throw now
            }
            LockSupport.park(this)
            if (Thread.interrupted()) throw InterruptedException()
        }
    }

    /** Woken by [wake] with all other replies of the read: a thread that is woken then finds work for all of them. */
    override fun onReply(message: NatsMessage): Signal {
        if (arrived == null) arrived = message
        return this
    }

    override fun wake() {
        LockSupport.unpark(arrived?.let(::settle))
    }

    override fun wake(parked: MutableList<Thread>) {
        arrived?.let(::settle)?.let(parked::add)
    }

    override val holdsReader: Boolean
        get() = false

    override suspend fun awaitRoom() = Unit

    override fun onFailure(cause: NatsException) {
        LockSupport.unpark(settle(cause))
    }

    override fun onDeadline() {
        LockSupport.unpark(settle(RequestTimeoutException(subject.value, timeout)))
    }

    /** Returns the thread that waits and is to be unparked, if it is a thread. */
    private fun settle(outcome: Any): Thread? {
        if (state.compareAndSet(null, outcome)) return null
        val waiting = state.get()
        if (waiting !is Thread && waiting !is CancellableContinuation<*>) return null
        if (!state.compareAndSet(waiting, outcome)) return null
        if (waiting is Thread) return waiting
        @Suppress("UNCHECKED_CAST")
        resume(waiting as CancellableContinuation<NatsMessage>, outcome)
        return null
    }

    private fun resume(continuation: CancellableContinuation<NatsMessage>, outcome: Any) {
        if (outcome is NatsMessage) continuation.resume(outcome) else continuation.resumeWithException(outcome as NatsException)
    }
}
