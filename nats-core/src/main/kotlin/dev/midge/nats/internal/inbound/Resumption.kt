package dev.midge.nats.internal.inbound

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.ExperimentalCoroutinesApi
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.resume

/**
 * Coroutines that go on one after the other in a task of their [dispatcher], instead of in a task each, for which a thread each would be woken.
 *
 * What they go on to do may block, even until another one of them has gone on. So this task is dispatched again, as a second one, before the
 * first of them goes on, and the second, when it begins, dispatches a third.
 *
 * INVARIANT: while a coroutine goes on and others wait behind it, a task is dispatched that has not begun, or one that has begun is about to
 * take the next. Tested by `ResumptionSpec`.
 */
@OptIn(ExperimentalCoroutinesApi::class)
internal class Resumption(
    private val dispatcher: CoroutineDispatcher,
    private val continuations: Array<CancellableContinuation<Any>>,
    private val outcomes: Array<Any>,
) : Runnable {
    private val next = AtomicInteger()
    private val isComing = AtomicBoolean(true)

    fun begin() {
        try {
            dispatcher.dispatch(continuations[0].context, this)
        } catch (_: Throwable) {
            // Each finds out for itself what its dispatcher does.
            for (i in continuations.indices) continuations[i].resume(outcomes[i])
        }
    }

    override fun run() {
        isComing.set(false)
        while (true) {
            val i = next.getAndIncrement()
            if (i >= continuations.size) return
            if (i + 1 < continuations.size && isComing.compareAndSet(false, true)) dispatchNext(i + 1)
            with(continuations[i]) { dispatcher.resumeUndispatched(outcomes[i]) }
        }
    }

    private fun dispatchNext(first: Int) {
        try {
            dispatcher.dispatch(continuations[first].context, this)
        } catch (_: Throwable) {
            // This thread is the only one that there is for all of them.
        }
    }
}
