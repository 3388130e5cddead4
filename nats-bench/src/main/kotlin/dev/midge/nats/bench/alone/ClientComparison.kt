package dev.midge.nats.bench.alone

import dev.midge.nats.bench.compare.Comparison.Companion.rotated
import java.util.Locale

/**
 * Measures contestants, each alone in a process of its own, against one server.
 *
 * Rounds are interleaved, and their order rotates, so that a busy minute of the machine hits all alike. A process that fails is told of and
 * counted; the others go on.
 *
 * @param rounds how many processes of each contestant in each block.
 */
internal class ClientComparison(private val rounds: Int, private val progress: (String) -> Unit) {
    fun run(blocks: List<Block>): List<ClientResult> = blocks.flatMap(::measure)

    private fun measure(block: Block): List<ClientResult> {
        val measured = block.contestants.associateWith { mutableListOf<List<Measurement>>() }
        repeat(rounds) { round ->
            for (contestant in rotated(block.contestants, round)) {
                measureOnce(block, contestant, round)?.let { measured.getValue(contestant) += it }
            }
        }
        return block.contestants.map { resultOf(block, it, measured.getValue(it), rounds) }
    }

    private fun measureOnce(block: Block, contestant: Contestant, round: Int): List<Measurement>? {
        val jdk = contestant.jdk?.let { " on ${it.feature}" }.orEmpty()
        val what = "${block.scenario} ${block.size} B, round ${round + 1} of $rounds, ${contestant.name}$jdk"
        return runCatching { measurements(block.command(contestant)) }
            .onSuccess { progress("$what: ${line(it)}") }
            .onFailure { progress("$what: FAILED, ${it.message}") }
            .getOrNull()
    }

    private fun line(measured: List<Measurement>): String = Figure.entries.mapNotNull { figure ->
        val values = measured.mapNotNull { it.figures[figure.id] }
        if (values.isEmpty()) null else "%,.2f %s".format(Locale.ROOT, values.sorted()[values.size / 2], figure.heading)
    }.joinToString()
}

/**
 * Contestants that are compared with each other.
 *
 * @property scenario its name in the report.
 * @property command what starts a contestant's process.
 */
internal class Block(val scenario: String, val size: Int, val contestants: List<Contestant>, val command: (Contestant) -> List<String>)
