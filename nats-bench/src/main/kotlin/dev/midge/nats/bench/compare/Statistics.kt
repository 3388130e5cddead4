package dev.midge.nats.bench.compare

import kotlin.math.ceil
import kotlin.math.floor
import kotlin.math.log10
import kotlin.math.pow
import kotlin.time.Duration
import kotlin.time.DurationUnit

/** The middle value, or the mean of the two in the middle. */
fun List<Double>.median(): Double {
    require(isNotEmpty()) { "no values have no median" }
    val sorted = sorted()
    val middle = size / 2
    return if (size % 2 == 1) sorted[middle] else (sorted[middle - 1] + sorted[middle]) / 2
}

/** The smallest value that at least [percent] of 100 values do not exceed (nearest rank). */
fun List<Double>.percentile(percent: Int): Double {
    require(isNotEmpty()) { "no values have no percentile" }
    require(percent in 1..100) { "percent is $percent; it has to be within 1 and 100" }
    return sorted()[ceil(size * percent / 100.0).toInt() - 1]
}

/** [value] with its first two digits kept and zeros for the rest: a number of messages that can be read. */
fun twoDigits(value: Double): Int {
    if (value < 100) return value.toInt()
    val unit = 10.0.pow(floor(log10(value)) - 1)
    return (floor(value / unit) * unit).toInt()
}

fun Duration.toSeconds(): Double = toDouble(DurationUnit.SECONDS)
