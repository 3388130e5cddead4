package dev.midge.nats.bench.compare

import dev.midge.nats.bench.client.BenchClient
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.TimeSource

/** Runs a client until the JIT compiler is done with it, and finds out how fast it then is. */
class WarmUp(private val run: ScenarioRun, private val time: Duration, private val progress: (String) -> Unit) {
    /** The messages a second of the last, warm run; 0 if it failed. */
    fun run(scenario: Scenario, client: BenchClient, size: Int): Double {
        val what = "warm-up, ${scenario.id} $size B, ${client.name}"
        return runCatching { grow(scenario, client, size) }
            .onSuccess { progress("%s: %,.0f/s".format(Locale.ROOT, what, it)) }
            .onFailure { progress("$what: FAILED, $it") }
            .getOrDefault(0.0)
    }

    private fun grow(scenario: Scenario, client: BenchClient, size: Int): Double {
        val start = TimeSource.Monotonic.markNow()
        var messages = FIRST_MESSAGES
        var perSecond: Double
        do {
            perSecond = run.run(scenario, client, size, messages).perSecond
            // Many runs rather than a long one: loops are entered again once they are compiled.
            val enough = perSecond * time.toSeconds() / RUNS
            messages = twoDigits(enough).coerceIn(FIRST_MESSAGES, messages * GROWTH)
        } while (start.elapsedNow() < time)
        return perSecond
    }

    private companion object {
        const val FIRST_MESSAGES = 200
        const val GROWTH = 20
        const val RUNS = 8
    }
}
