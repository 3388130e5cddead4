package dev.midge.nats.bench.alone

import org.HdrHistogram.Histogram

/** How long each of one run's calls took, which one thread makes. */
internal class Latencies {
    private val histogram = Histogram(LONGEST_NANOS, DIGITS)

    fun reset() = histogram.reset()

    fun record(nanos: Long) = histogram.recordValue(nanos.coerceAtMost(LONGEST_NANOS))

    fun figures(): Map<Figure, Double> = histogram.percentiles()

    private companion object {
        const val LONGEST_NANOS = 60_000_000_000
        const val DIGITS = 3
    }
}
