package dev.midge.nats.jetstream.internal.consume

import kotlin.time.Duration

/** No time is longer, 73 years: three of them can still be added to a clock of nanoseconds. */
private const val LONGEST = Long.MAX_VALUE / 4

/** In nanoseconds, to be added to a clock, here or at the server: also [Duration.INFINITE]. */
internal val Duration.boundedNanoseconds: Long
    get() = minOf(inWholeNanoseconds, LONGEST)
