package dev.midge.nats.internal.inbound

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.ExperimentalCoroutinesApi
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Steps that follow one another in a task of their [dispatcher], instead of in a task each, for which a thread each would be woken. A step is a
 * coroutine that goes on with its outcome, or a `Runnable`. A task that is at work goes on with what later reads bring.
 *
 * A step may block, even until another one has been made. So this task is dispatched again, as a second one, before the first step, and the
 * second, when it begins, dispatches a third.
 *
 * INVARIANT: while steps wait, a task is dispatched that has not begun, or one that has begun is about to take the next: whoever adds steps
 * first adds them, then looks whether one [isComing]; a task that begins first takes that back, then looks for steps. Tested by
 * `ResumptionSpec`.
 */
@OptIn(ExperimentalCoroutinesApi::class)
internal class Resumption(val dispatcher: CoroutineDispatcher) : Runnable {
    private val waiting = ConcurrentLinkedQueue<Steps>()
    private val isComing = AtomicBoolean()

    /** Makes [steps], each with what is at the same place of [outcomes]. */
    fun add(steps: Array<Any>, outcomes: Array<Any?>) {
        waiting.add(Steps(steps, outcomes))
        if (dispatchNext(steps[0])) return
        // Each finds out for itself what its dispatcher does; one that throws does not keep the others.
        var failure: Throwable? = null
        takeAll { step, outcome ->
            try {
                GatheredWakeUps.goOn(dispatcher, step, outcome)
            } catch (e: Throwable) {
                failure = failure ?: e
            }
        }
        failure?.let { throw it }
    }

    override fun run() {
        isComing.set(false)
        var made = 0
        takeAll { step, outcome ->
            // If that fails, this thread is the only one that there is for all of them.
            if (!waiting.isEmpty()) dispatchNext(step)
            make(step, outcome)
            // Others want this thread, too.
            if (++made >= MOST_AT_A_TIME && (waiting.isEmpty() || dispatchNext(step))) return
        }
    }

    private inline fun takeAll(action: (step: Any, outcome: Any?) -> Unit) {
        while (true) {
            val steps = waiting.peek() ?: return
            val i = steps.next.getAndIncrement()
            // The last one goes together with what it was in: whoever sees that empty takes it for done.
            if (i >= steps.steps.size - 1) waiting.remove(steps)
            if (i < steps.steps.size) action(steps.steps[i], steps.outcomes[i])
        }
    }

    private fun make(step: Any, outcome: Any?) {
        // Continuations of the library are Runnable, too.
        if (step !is CancellableContinuation<*>) return (step as Runnable).run()
        @Suppress("UNCHECKED_CAST")
        with(step as CancellableContinuation<Any?>) { dispatcher.resumeUndispatched(outcome) }
    }

    /** Dispatches this, for the sake of [step], unless it is coming. Returns whether it comes. */
    private fun dispatchNext(step: Any): Boolean {
        if (isComing.get() || !isComing.compareAndSet(false, true)) return true
        try {
            dispatcher.dispatch(contextOf(step), this)
            return true
        } catch (_: Throwable) {
            isComing.set(false)
            return false
        }
    }

    private fun contextOf(step: Any): CoroutineContext = (step as? CancellableContinuation<*>)?.context ?: EmptyCoroutineContext

    private class Steps(val steps: Array<Any>, val outcomes: Array<Any?>) {
        val next = AtomicInteger()
    }

    private companion object {
        /** As many steps as one read brings at most, about: they take a millisecond. */
        const val MOST_AT_A_TIME = 1_000
    }
}
