package dev.midge.nats.internal.client

import java.util.concurrent.atomic.AtomicLong

/**
 * Counts the messages of an [InlineSubscription] until it is closed, with one compare-and-set a message: readers count, any thread may limit or
 * close.
 *
 * INVARIANTS
 * - The count and whether it is closed are one value, [state]: what is counted was counted before it was closed.
 * - A message is counted only while the count is less than [last], so that more are counted only if that is set lower afterwards.
 * - A reader counts and then looks at [last]; who sets that looks at the count then. So one of them sees that the last message was counted, and
 *   one of them closes.
 *
 * Tested by `MessageCountLincheckSpec` and `InlineSubscriptionStressSpec`.
 */
internal class MessageCount {
    /** How many were counted, and [CLOSED]. */
    private val state = AtomicLong()

    @Volatile
    var last = Long.MAX_VALUE
        private set

    val count: Long
        get() = state.get() and CLOSED.inv()

    val isClosed: Boolean
        get() = state.get() < 0

    /** The place of a message that has come, from 1 on; 0 if it is not wanted any more. */
    fun add(): Long {
        while (true) {
            val before = state.get()
            if (before < 0 || before >= last) return 0
            if (state.compareAndSet(before, before + 1)) return before + 1
        }
    }

    /** Whether the message at [place] is the last one and nobody else has closed; it is closed then. */
    fun closesAt(place: Long): Boolean = place >= last && close()

    /** Counts no more than [max], unless more have been counted. Returns whether it is closed, because that many were counted or before. */
    fun limitTo(max: Long): Boolean {
        last = max
        if (count >= max) close()
        return isClosed
    }

    /** Whether it is this call that closes. */
    fun close(): Boolean {
        while (true) {
            val before = state.get()
            if (before < 0) return false
            if (state.compareAndSet(before, before or CLOSED)) return true
        }
    }

    private companion object {
        /** The sign. */
        const val CLOSED = Long.MIN_VALUE
    }
}
