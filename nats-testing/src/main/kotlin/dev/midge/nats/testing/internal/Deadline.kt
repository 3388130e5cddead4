package dev.midge.nats.testing.internal

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/** The end of a wait for something that another process does and that cannot be subscribed to. */
internal class Deadline private constructor(private val end: TimeMark) {
    /** Asks [probe] again and again until it answers something; `null` once the time is over. */
    inline fun <T : Any> poll(probe: () -> T?): T? {
        while (true) {
            probe()?.let { return it }
            if (isOver()) return null
            pause()
        }
    }

    private fun isOver(): Boolean = end.hasPassedNow()

    private fun pause(): Unit = Thread.sleep(POLL_INTERVAL.inWholeMilliseconds)

    companion object {
        /** Short against the 20 ms that a server takes to start, long against what one look costs. */
        private val POLL_INTERVAL = 5.milliseconds

        fun after(timeout: Duration): Deadline = Deadline(TimeSource.Monotonic.markNow() + timeout)
    }
}
