package dev.midge.nats.serialization.internal

import java.util.concurrent.atomic.AtomicReferenceArray

/**
 * A few objects that are dear to make, to be used again. Not one for each thread: there may be 10,000 threads, and no more of them run at
 * once than there are processors.
 *
 * INVARIANT: an object is in one slot or with one caller. Only an exchange takes it out, so two callers never have the same one. What finds
 * no free slot is let go. Tested by `SparesSpec`.
 */
internal class Spares<T : Any> {
    private val slots = AtomicReferenceArray<T>(SLOTS * STRIDE)

    /** One that is spare, or `null`. */
    fun take(): T? {
        val home = home()
        return slots.getAndSet(home, null) ?: slots.getAndSet(neighbour(home), null)
    }

    /** Keeps [spare] for whoever comes next: this thread, most likely. */
    fun keep(spare: T) {
        val home = home()
        if (!slots.compareAndSet(home, null, spare)) slots.compareAndSet(neighbour(home), null, spare)
    }

    private fun home(): Int = (Thread.currentThread().id * SPREAD ushr (Long.SIZE_BITS - SLOT_BITS)).toInt() * STRIDE

    private fun neighbour(home: Int): Int = home xor STRIDE

    companion object {
        /** Four slots a processor: two threads that run at once seldom want the same. */
        private val SLOT_BITS: Int = Int.SIZE_BITS - (4 * Runtime.getRuntime().availableProcessors() - 1).countLeadingZeroBits()
        val SLOTS: Int = 1 shl SLOT_BITS

        /** References of a cache line, so that no two slots share one. */
        private const val STRIDE = 16

        /** 2^64 divided by the golden ratio: thread ids, which are counted up, come to slots far from each other. */
        private const val SPREAD = -0x61c8864680b583ebL
    }
}
