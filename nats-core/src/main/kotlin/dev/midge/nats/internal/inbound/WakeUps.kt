package dev.midge.nats.internal.inbound

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.resume

/**
 * Whom one read has brought replies, or one look of the timer the end of their wait; gathered, so that few threads are woken for many of them.
 * Used by one thread at a time.
 */
internal class WakeUps {
    private val threads = ArrayList<Thread>()

    /** All of [dispatcher]; each with its outcome at the same place of [outcomes]. */
    private val continuations = ArrayList<CancellableContinuation<Any>>()
    private val outcomes = ArrayList<Any>()
    private var dispatcher: CoroutineDispatcher? = null

    /** Leaves [thread], which has parked, to [wake]. */
    fun add(thread: Thread) {
        threads.add(thread)
    }

    /** Leaves [continuation], which takes [outcome], to [wake], unless its dispatcher is not known to bear that: then it goes on at once. */
    fun add(continuation: CancellableContinuation<*>, outcome: Any) {
        @Suppress("UNCHECKED_CAST")
        continuation as CancellableContinuation<Any>
        val its = continuation.context[ContinuationInterceptor]
        if (its == null || its !== dispatcher) {
            resume()
            if (!takesMany(its)) return continuation.resume(outcome)
            dispatcher = its as CoroutineDispatcher
        }
        continuations.add(continuation)
        outcomes.add(outcome)
    }

    /** Wakes all that were added. */
    fun wake() {
        resume()
        if (threads.isEmpty()) return
        Unparking.all(threads)
        threads.clear()
    }

    private fun resume() {
        val count = continuations.size
        if (count == 0) return
        if (count == 1) {
            continuations[0].resume(outcomes[0])
        } else {
            Resumption(checkNotNull(dispatcher), continuations.toTypedArray(), outcomes.toTypedArray()).begin()
        }
        continuations.clear()
        outcomes.clear()
        dispatcher = null
    }

    private companion object {
        /** Those that hand each task to any thread of many. Others may look at the context of each, or go by turns, or be one thread, to whom it is the same. */
        fun takesMany(interceptor: ContinuationInterceptor?) =
            interceptor === Dispatchers.Default || interceptor === Dispatchers.IO || interceptor is ExecutorCoroutineDispatcher
    }
}
