package dev.midge.nats.bench.alone

import dev.midge.nats.bench.compare.median
import kotlinx.serialization.Serializable

/**
 * A row of the comparison.
 *
 * @property jdk the feature release that ran the client; `null` for a program that needs none.
 * @property figures by [Figure.id].
 * @property calls the most frequent system calls, for 1,000 messages.
 * @property failures processes that ended in an error and are not part of the figures.
 */
@Serializable
data class ClientResult(
    val scenario: String,
    val size: Int,
    val client: String,
    val jdk: String? = null,
    val figures: Map<String, Spread>,
    val calls: Map<String, Double>,
    val failures: Int,
) {
    /** The median of [figure], if it was measured. */
    fun median(figure: Figure): Double? = figures[figure.id]?.median
}

/** Of all measured runs of all rounds. */
@Serializable
data class Spread(val median: Double, val min: Double, val max: Double)

internal fun resultOf(block: Block, contestant: Contestant, processes: List<List<Measurement>>, rounds: Int): ClientResult {
    val measurements = processes.flatten()
    return ClientResult(
        scenario = block.scenario,
        size = block.size,
        client = contestant.name,
        jdk = contestant.jdk?.feature,
        figures = spreads(measurements.map { it.figures }),
        calls = spreads(measurements.map { it.calls }).mapValues { it.value.median },
        failures = rounds - processes.size,
    )
}

private fun spreads(maps: List<Map<String, Double>>): Map<String, Spread> = maps.flatMap { it.keys }.distinct().associateWith { name ->
    val values = maps.mapNotNull { it[name] }
    Spread(values.median(), values.min(), values.max())
}
