package dev.midge.nats.internal.connection

import dev.midge.nats.ReconnectOptions
import kotlin.math.pow
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.DurationUnit
import kotlin.time.toDuration

/** How long a server is left alone after it failed. */
internal class ReconnectPolicy(private val options: ReconnectOptions, private val random: Random = Random) {
    /**
     * The wait after [failures] attempts in a row that failed at one server; 0 when an established connection to it was lost. Every wait is
     * lengthened at random, so that the clients of a server that went down do not come back all at once.
     */
    fun delay(failures: Int, isTls: Boolean): Duration {
        options.delay?.let { return it(failures).coerceAtLeast(Duration.ZERO) }
        val wait = if (options.multiplier == 1.0) options.wait else exponential(failures)
        return wait + (if (isTls) options.jitterTls else options.jitter) * random.nextDouble()
    }

    private fun exponential(failures: Int): Duration {
        if (options.wait == Duration.ZERO) return Duration.ZERO
        val longest = options.maxWait.toDouble(DurationUnit.NANOSECONDS)
        val grown = options.wait.toDouble(DurationUnit.NANOSECONDS) * options.multiplier.pow(failures)
        return minOf(grown, longest).toDuration(DurationUnit.NANOSECONDS)
    }
}
