package dev.midge.nats.bench.pool

/** Work for a processor that no compiler can leave out or do beforehand. */
internal object Computation {
    @Volatile
    private var seed = 1L

    /** Each step waits for the one before: about a nanosecond. */
    fun run(steps: Int) {
        var state = seed
        repeat(steps) { state = state * MULTIPLIER + INCREMENT }
        // Never true for an odd increment and these steps, but nobody knows.
        if (state == 0L) seed = state
    }

    /** Of Knuth's MMIX generator. */
    private const val MULTIPLIER = 6364136223846793005L
    private const val INCREMENT = 1442695040888963407L
}
