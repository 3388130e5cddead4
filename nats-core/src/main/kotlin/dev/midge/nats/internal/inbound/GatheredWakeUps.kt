package dev.midge.nats.internal.inbound

import dev.midge.nats.WakeUps
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.resume

/**
 * Whom one read has brought replies, or one look of the timer the end of their wait; gathered, so that few threads are woken for many of them.
 * Used by one thread at a time.
 */
internal class GatheredWakeUps : WakeUps {
    private val threads = ArrayList<Thread>()

    /** Continuations and tasks, all of [dispatcher]; the outcome of each continuation is at the same place of [outcomes]. */
    private val steps = ArrayList<Any>()
    private val outcomes = ArrayList<Any?>()
    private var dispatcher: CoroutineDispatcher? = null

    /** That of the last read, which may be at work still: nearly always it is for the same dispatcher. */
    private var resumption: Resumption? = null

    /** Leaves [thread], which has parked, to [wake]. */
    override fun unpark(thread: Thread) {
        threads.add(thread)
    }

    /** Leaves [continuation] to [wake], unless its dispatcher is not known to bear that: then it goes on at once. */
    override fun <T : Any> resume(continuation: CancellableContinuation<T>, outcome: T) {
        if (gathersFor(continuation.context[ContinuationInterceptor])) add(continuation, outcome) else continuation.resume(outcome)
    }

    /** As [resume]. */
    override fun run(task: Runnable, dispatcher: CoroutineDispatcher) {
        if (gathersFor(dispatcher)) add(task, null) else start(task, dispatcher)
    }

    /** Whether [interceptor] is a dispatcher that takes many at once; if so, what was gathered is for the same one. */
    private fun gathersFor(interceptor: ContinuationInterceptor?): Boolean {
        if (interceptor != null && interceptor === dispatcher) return true
        begin()
        if (!takesMany(interceptor)) return false
        dispatcher = interceptor as CoroutineDispatcher
        return true
    }

    private fun add(step: Any, outcome: Any?) {
        steps.add(step)
        outcomes.add(outcome)
    }

    /** Wakes all that were added. */
    fun wake() {
        try {
            begin()
        } finally {
            // Also if a dispatcher throws: they have parked, and nobody else knows of them.
            if (threads.isNotEmpty()) Unparking.all(threads)
            threads.clear()
        }
    }

    /** Forgets what it begins before it does: a dispatcher may throw. */
    private fun begin() {
        val its = dispatcher ?: return
        dispatcher = null
        if (steps.size == 1) {
            goOn(its, steps.removeAt(0), outcomes.removeAt(0))
        } else if (steps.size > 1) {
            val all = steps.toTypedArray()
            val theirs = outcomes.toTypedArray()
            steps.clear()
            outcomes.clear()
            resumption(its).add(all, theirs)
        }
    }

    private fun resumption(its: CoroutineDispatcher): Resumption =
        resumption?.takeIf { it.dispatcher === its } ?: Resumption(its).also { resumption = it }

    companion object {
        /** Those that hand each task to any thread of many. Others may look at the context of each, or go by turns, or be one thread, to whom it is the same. */
        private fun takesMany(interceptor: ContinuationInterceptor?) =
            interceptor === Dispatchers.Default || interceptor === Dispatchers.IO || interceptor is ExecutorCoroutineDispatcher

        /** Lets one [step] go on in a task of its own. */
        fun goOn(dispatcher: CoroutineDispatcher, step: Any, outcome: Any?) {
            // Continuations of the library are Runnable, too.
            if (step !is CancellableContinuation<*>) return start(step as Runnable, dispatcher)
            @Suppress("UNCHECKED_CAST")
            (step as CancellableContinuation<Any?>).resume(outcome)
        }

        /** Never in this thread, which may be a reader, and in any case: whoever waits for the task has nobody else. */
        private fun start(task: Runnable, dispatcher: CoroutineDispatcher) {
            val context = EmptyCoroutineContext
            try {
                (if (dispatcher.isDispatchNeeded(context)) dispatcher else Dispatchers.Default).dispatch(context, task)
            } catch (_: Throwable) {
                Dispatchers.IO.dispatch(context, task)
            }
        }
    }
}
