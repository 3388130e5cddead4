package dev.midge.nats.bench.report

import dev.midge.nats.bench.compare.Outcome
import dev.midge.nats.bench.compare.median

/** The rows for [outcomes]; the first client of each scenario and size is Midge. A client without a single good round has no row. */
fun resultsOf(outcomes: List<Outcome>): List<Result> = outcomes
    .groupBy { it.scenario to it.size }
    .values
    .flatMap { cell ->
        val midge = cell.first().value()
        cell.mapNotNull { outcome -> outcome.value()?.let { resultOf(outcome, it, midge) } }
    }

private fun Outcome.value(): Double? = runs.map { it.value }.takeIf { it.isNotEmpty() }?.median()

private fun resultOf(outcome: Outcome, median: Double, midge: Double?): Result {
    val values = outcome.runs.map { it.value }
    return Result(
        scenario = outcome.scenario.id,
        size = outcome.size,
        client = outcome.client.name,
        median = median,
        min = values.min(),
        max = values.max(),
        unit = outcome.scenario.unit,
        p99 = outcome.runs.mapNotNull { it.p99 }.takeIf { it.isNotEmpty() }?.median(),
        speedToMidge = midge?.let { if (outcome.scenario.moreIsBetter) median / it else it / median },
        messages = outcome.messages,
        rounds = values,
        failures = outcome.failures,
        cpuNanos = outcome.runs.map { it.cpuNanos }.median(),
    )
}
