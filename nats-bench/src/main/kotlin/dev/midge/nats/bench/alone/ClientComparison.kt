package dev.midge.nats.bench.alone

import dev.midge.nats.bench.compare.Comparison.Companion.rotated
import java.util.Locale

/**
 * Measures contestants, each alone in a process of its own, against one null server.
 *
 * Rounds are interleaved, and their order rotates, so that a busy minute of the machine hits all alike. A process that fails is told of and
 * counted; the others go on.
 */
internal class ClientComparison(
    private val plan: ClientPlan,
    private val commands: ClientCommands,
    private val progress: (String) -> Unit,
) {
    fun run(): List<ClientResult> = plan.cells().flatMap(::measure)

    private fun measure(cell: Cell): List<ClientResult> {
        val contestants = plan.contestants(cell)
        val measured = contestants.associateWith { mutableListOf<List<Measurement>>() }
        repeat(plan.rounds) { round ->
            for (contestant in rotated(contestants, round)) {
                measureOnce(cell, contestant, round)?.let { measured.getValue(contestant) += it }
            }
        }
        return contestants.map { resultOf(cell, it, measured.getValue(it), plan.rounds) }
    }

    private fun measureOnce(cell: Cell, contestant: Contestant, round: Int): List<Measurement>? {
        val jdk = contestant.jdk?.let { " on ${it.feature}" }.orEmpty()
        val what = "${cell.name} ${cell.size} B, round ${round + 1} of ${plan.rounds}, ${contestant.name}$jdk"
        return runCatching { measurements(commands.of(cell, contestant, plan)) }
            .onSuccess { progress("$what: ${line(it)}") }
            .onFailure { progress("$what: FAILED, ${it.message}") }
            .getOrNull()
    }

    private fun line(measured: List<Measurement>): String = Figure.entries.mapNotNull { figure ->
        val values = measured.mapNotNull { it.figures[figure.id] }
        if (values.isEmpty()) null else "%,.2f %s".format(Locale.ROOT, values.sorted()[values.size / 2], figure.heading)
    }.joinToString()
}
