package dev.midge.nats.bench.alone

import org.HdrHistogram.AbstractHistogram

/** The figures of a histogram of nanoseconds. */
internal fun AbstractHistogram.percentiles(): Map<Figure, Double> = mapOf(
    Figure.P50 to micros(50.0),
    Figure.P99 to micros(99.0),
    Figure.P999 to micros(99.9),
)

private fun AbstractHistogram.micros(percentile: Double): Double = getValueAtPercentile(percentile) / NANOS_PER_MICRO

private const val NANOS_PER_MICRO = 1_000.0
