package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.WakeUps
import dev.midge.nats.offReader
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.resume

/**
 * How many publishes may wait for their acknowledgements: [size] slots. Who finds none waits, and gets one in the order of coming.
 *
 * INVARIANTS
 * - [state] is the number of free slots, or [WAITING]: then none is free, and [waiters] is not empty. It goes to and from [WAITING] under
 *   [lock] alone; between numbers it goes without the lock.
 * - Free slots and those that were granted and not released are [size] together. A slot that is released while somebody waits goes to the
 *   first waiter directly, under [lock]: nobody can come between.
 * - A waiter is in [waiters], or has been granted a slot, or has left. One that was granted a slot and is cancelled before it has gone on
 *   passes the slot on.
 *
 * Nothing is called under [lock], and it is never held while another lock is taken. Tested by `AckWindowSpec`, `AckWindowStressSpec` and
 * `AckWindowLincheckSpec`.
 */
@OptIn(InternalNatsApi::class)
internal class AckWindow(val size: Int) {
    private val state = AtomicInteger(size)
    private val lock = ReentrantLock()
    private val waiters = ArrayDeque<Waiter>()

    /** How many slots are free. */
    val free: Int
        get() = state.get().coerceAtLeast(0)

    /** How many wait for a slot. */
    val waiting: Int
        get() = lock.withLock { waiters.size }

    /** Takes a slot if one is free. */
    fun tryAcquire(): Boolean {
        while (true) {
            val now = state.get()
            if (now <= 0) return false
            if (state.compareAndSet(now, now - 1)) return true
        }
    }

    /** Takes a slot, and waits for one if none is free. Cancelled, it has none. */
    suspend fun acquire() {
        if (tryAcquire()) return
        val waiter = Waiter()
        try {
            offReader { awaitSlot(waiter) }
        } catch (e: Throwable) {
            // Out here: a slot may have come before the caller has changed its thread again, and been cancelled meanwhile.
            leave(waiter)
            throw e
        }
    }

    private suspend fun awaitSlot(waiter: Waiter) = suspendCancellableCoroutine { continuation ->
        waiter.continuation = continuation
        if (!queue(waiter)) continuation.resume(Unit)
    }

    /** Returns `false` if a slot has become free meanwhile, which the waiter has then. */
    private fun queue(waiter: Waiter): Boolean = lock.withLock {
        while (state.get() != WAITING && !state.compareAndSet(0, WAITING)) {
            if (tryAcquire()) {
                waiter.isGranted = true
                return false
            }
        }
        waiters.addLast(waiter)
        true
    }

    private fun leave(waiter: Waiter) {
        val isGranted = lock.withLock {
            if (waiters.remove(waiter) && waiters.isEmpty()) state.set(0)
            waiter.isGranted
        }
        if (isGranted) release()
    }

    /** Gives a slot back. Whoever waits for it goes on by [wakeUps] if they are given, with others of the same read. */
    fun release(wakeUps: WakeUps? = null) {
        while (true) {
            val now = state.get()
            if (now == WAITING) {
                val next = handOver() ?: continue
                if (wakeUps == null) next.resume(Unit) else wakeUps.resume(next, Unit)
                return
            }
            check(now < size) { "a slot was released that nobody has" }
            if (state.compareAndSet(now, now + 1)) return
        }
    }

    private fun handOver(): CancellableContinuation<Unit>? = lock.withLock {
        val first = waiters.removeFirstOrNull() ?: return null
        first.isGranted = true
        if (waiters.isEmpty()) state.set(0)
        first.continuation
    }

    /** Its fields are guarded by the window's lock, but for [continuation], which is written before it is queued. */
    private class Waiter {
        var continuation: CancellableContinuation<Unit>? = null
        var isGranted = false
    }

    private companion object {
        /** In place of a number of free slots. */
        const val WAITING = -1
    }
}
