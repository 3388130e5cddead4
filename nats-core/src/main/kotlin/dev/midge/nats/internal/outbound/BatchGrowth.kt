package dev.midge.nats.internal.outbound

import java.util.function.LongSupplier
import kotlin.system.measureNanoTime
import kotlin.time.Duration.Companion.microseconds

/**
 * Lets a batch that has just begun to fill grow before it is written.
 *
 * The first frame of a batch wakes the writer. Of many publishers at work it would write the few frames that have come by then, find nothing
 * more, and be woken again: a system call for a dozen frames, and another to wake it. So it first leaves the processor, once, to what is
 * ready to run. If that is nobody it costs less than a microsecond, and a frame that is alone is written at once.
 *
 * If those are threads that compute, they may keep it for milliseconds and add nothing; this is left off for a while then.
 *
 * Used by one writer. Tested by `BatchGrowthSpec`.
 *
 * @param giveWay leaves the processor to others, and returns how many nanoseconds that took.
 */
internal class BatchGrowth(private val giveWay: LongSupplier = LongSupplier { measureNanoTime { Thread.yield() } }) {
    private var omitted = 0

    /** Returns when it is time to write [batch]. Reads it without the lock that guards it: all of this is a guess. */
    fun await(batch: Batch) {
        if (batch.messages <= 1 || batch.size >= ENOUGH) return
        if (omitted > 0) {
            omitted--
            return
        }
        val before = batch.messages
        val nanos = giveWay.asLong
        if (nanos > LONG && (batch.messages - before) * NANOS_A_FRAME < nanos) omitted = OMITTED
    }

    companion object {
        /** Bytes beside which a system call costs little. */
        private const val ENOUGH = 4 * 1024

        /** Less than a thread that computes keeps the processor for, and more than publishers and a server on the same machine do. */
        private val LONG = 500.microseconds.inWholeNanoseconds

        /** Publishers at work add a frame in less. */
        private val NANOS_A_FRAME = 10.microseconds.inWholeNanoseconds

        /** So many batches are written without delay when others kept the processor. */
        const val OMITTED = 100
    }
}
