package dev.midge.nats.internal.inbound

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.ExperimentalCoroutinesApi
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Steps that follow one another in a task of their [dispatcher], instead of in a task each, for which a thread each would be woken. A step is a
 * coroutine that goes on with its outcome, or a `Runnable`.
 *
 * A step may block, even until another one has been made. So this task is dispatched again, as a second one, before the first step, and the
 * second, when it begins, dispatches a third.
 *
 * INVARIANT: while a step is made and others wait behind it, a task is dispatched that has not begun, or one that has begun is about to
 * take the next. Tested by `ResumptionSpec`.
 */
@OptIn(ExperimentalCoroutinesApi::class)
internal class Resumption(private val dispatcher: CoroutineDispatcher, private val steps: Array<Any>, private val outcomes: Array<Any?>) :
    Runnable {
    private val next = AtomicInteger()
    private val isComing = AtomicBoolean(true)

    fun begin() {
        try {
            dispatcher.dispatch(contextOf(0), this)
        } catch (_: Throwable) {
            // Each finds out for itself what its dispatcher does.
            for (i in steps.indices) GatheredWakeUps.goOn(dispatcher, steps[i], outcomes[i])
        }
    }

    override fun run() {
        isComing.set(false)
        while (true) {
            val i = next.getAndIncrement()
            if (i >= steps.size) return
            if (i + 1 < steps.size && isComing.compareAndSet(false, true)) dispatchNext(i + 1)
            make(steps[i], outcomes[i])
        }
    }

    private fun make(step: Any, outcome: Any?) {
        // Continuations of the library are Runnable, too.
        if (step !is CancellableContinuation<*>) return (step as Runnable).run()
        @Suppress("UNCHECKED_CAST")
        with(step as CancellableContinuation<Any?>) { dispatcher.resumeUndispatched(outcome) }
    }

    private fun dispatchNext(first: Int) {
        try {
            dispatcher.dispatch(contextOf(first), this)
        } catch (_: Throwable) {
            // This thread is the only one that there is for all of them.
        }
    }

    private fun contextOf(i: Int): CoroutineContext = (steps[i] as? CancellableContinuation<*>)?.context ?: EmptyCoroutineContext
}
