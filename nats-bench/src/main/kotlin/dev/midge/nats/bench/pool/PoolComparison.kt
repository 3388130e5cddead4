package dev.midge.nats.bench.pool

import dev.midge.nats.bench.compare.median
import dev.midge.nats.bench.compare.twoDigits
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.DurationUnit
import kotlin.time.TimeSource

/**
 * What to compare.
 *
 * @property connections the sizes of pools; the first is the one that the others are compared with.
 * @property warmUp for each size of pool in each scenario and payload, before any is measured.
 * @property runTime about how long a measured run of the first pool takes.
 */
data class PoolPlan(
    val scenarios: List<PoolScenario>,
    val sizes: List<Int>,
    val connections: List<Int>,
    val rounds: Int,
    val warmUp: Duration,
    val runTime: Duration,
    val messages: Int? = null,
)

/** The messages a second of every round with a pool of this many [connections]. */
data class PoolOutcome(val scenario: PoolScenario, val size: Int, val connections: Int, val perSecond: List<Double>)

/** Measures pools of different sizes, turn and turn about. */
class PoolComparison(private val plan: PoolPlan, private val run: PoolRun, private val progress: (String) -> Unit) {
    fun run(): List<PoolOutcome> = plan.scenarios.flatMap { scenario -> plan.sizes.flatMap { size -> measure(scenario, size) } }

    private fun measure(scenario: PoolScenario, size: Int): List<PoolOutcome> {
        val warm = plan.connections.map { warmUp(scenario, size, it) }
        val messages = plan.messages ?: twoDigits(warm.first() * plan.runTime.toDouble(DurationUnit.SECONDS)).coerceAtLeast(FIRST_MESSAGES)
        val values = plan.connections.associateWith { ArrayList<Double>() }
        repeat(plan.rounds) { round ->
            for (connections in if (round % 2 == 0) plan.connections else plan.connections.asReversed()) {
                System.gc()
                val perSecond = run.run(scenario, connections, size, messages)
                values.getValue(connections) += perSecond
                val what = "${scenario.id} $size B, round ${round + 1}, $connections connections"
                progress("%s: %,.0f msg/s".format(Locale.ROOT, what, perSecond))
            }
        }
        return values.map { (connections, perSecond) -> PoolOutcome(scenario, size, connections, perSecond) }
    }

    private fun warmUp(scenario: PoolScenario, size: Int, connections: Int): Double {
        val start = TimeSource.Monotonic.markNow()
        var messages = FIRST_MESSAGES
        var perSecond: Double
        do {
            perSecond = run.run(scenario, connections, size, messages)
            messages = (perSecond * plan.warmUp.toDouble(DurationUnit.SECONDS) / RUNS).toInt().coerceIn(FIRST_MESSAGES, messages * GROWTH)
        } while (start.elapsedNow() < plan.warmUp)
        return perSecond
    }

    private companion object {
        const val FIRST_MESSAGES = 1_000
        const val RUNS = 6
        const val GROWTH = 20
    }
}

/** A line for each pool: `publish 16 B, 2 connections: 6.1 M msg/s (5.9 M to 6.3 M), 1.05 x 1 connection`. */
internal fun poolLines(outcomes: List<PoolOutcome>): List<String> = outcomes.groupBy { it.scenario to it.size }.values.flatMap { cell ->
    val first = cell.first()
    cell.map { outcome ->
        val median = outcome.perSecond.median()
        "%-12s %6d B  %2d connections  %,12.0f msg/s  (%,.0f to %,.0f)  %.2f x %d".format(
            Locale.ROOT,
            outcome.scenario.id,
            outcome.size,
            outcome.connections,
            median,
            outcome.perSecond.min(),
            outcome.perSecond.max(),
            median / first.perSecond.median(),
            first.connections,
        )
    }
}
