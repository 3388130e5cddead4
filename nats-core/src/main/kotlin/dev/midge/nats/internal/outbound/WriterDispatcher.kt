package dev.midge.nats.internal.outbound

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import java.lang.reflect.Method
import kotlin.coroutines.CoroutineContext

/**
 * Where the writer of one lane runs: [elsewhere], or in the thread of a caller who wakes it and has nothing else to do until an answer comes.
 * To write a small frame costs less than to wake a thread that writes it.
 *
 * It is one coroutine wherever it runs, so that writes stay in order. With a caller it stays for one batch: when the socket is full it goes on
 * elsewhere, and with the next batch it goes there by itself. Virtual threads do not keep it: one that has to wait for a lock, or just for a
 * carrier that others occupy, would hold up the connection.
 *
 * INVARIANTS
 * - [keeper] is not `null` only while that thread adds a batch to the lane, under the buffer's lock, which guards [kept] too.
 * - [isWithCaller] is written by the thread that resumes the writer, before it runs, and read by the writer alone, as [hasWritten] is.
 *
 * Tested by `WriterDispatcherSpec`.
 */
internal class WriterDispatcher(private val elsewhere: CoroutineDispatcher) : CoroutineDispatcher() {
    @Volatile
    private var keeper: Thread? = null
    private var kept: Runnable? = null
    private var isWithCaller = false
    private var hasWritten = false

    /** Whether the writer has written what it was woken for, and is still in the thread of the caller who did. */
    val hasServedCaller: Boolean
        get() = isWithCaller && hasWritten

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        isWithCaller = keeper === Thread.currentThread()
        hasWritten = false
        if (isWithCaller) kept = block else elsewhere.dispatch(context, block)
    }

    fun written() {
        hasWritten = true
    }

    /** Runs [wake], and keeps the writer for [takeKept] if that wakes it. */
    inline fun keepDuring(wake: () -> Unit) {
        keeper = Thread.currentThread().takeUnless(::isVirtual)
        try {
            wake()
        } finally {
            keeper = null
        }
    }

    /** The writer that was kept, to be run when the buffer's lock is free; `null` if it was at work. */
    fun takeKept(): Runnable? = kept.also { kept = null }

    companion object {
        /** From JDK 21 on. */
        private val isVirtual: Method? = try {
            Thread::class.java.getMethod("isVirtual")
        } catch (_: NoSuchMethodException) {
            null
        }

        fun isVirtual(thread: Thread): Boolean = isVirtual != null && isVirtual.invoke(thread) as Boolean
    }
}
