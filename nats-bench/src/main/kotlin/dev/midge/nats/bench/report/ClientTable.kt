package dev.midge.nats.bench.report

import com.github.ajalt.mordant.table.Table
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Figure
import java.util.Locale

private val LEFT = setOf(0, 2)

private const val CAPTION =
    "Medians. CPU, alloc and calls are the client's own process: CPU a message, bytes allocated a message,\n" +
        "system calls for 1,000 messages (strace). server: the busy cores of the server.\n" +
        "vs first: how many times as fast as the first client of the block."

/** The results for the eye, with a rule above each scenario and size. Columns that nobody has are left out. */
fun clientTable(results: List<ClientResult>): Table {
    val figures = Figure.entries.filter { figure -> results.any { it.median(figure) != null } }
    val headings = listOf("scenario", "bytes", "client", "jdk") + figures.map { it.heading } + "vs first"
    return ruledTable(headings, LEFT, CAPTION) { row ->
        results.groupBy { it.scenario to it.size }.values.forEach { block ->
            block.forEach { result ->
                val first = result === block.first()
                row(cells(result, block.first(), figures, first), first)
            }
        }
    }
}

private fun cells(result: ClientResult, reference: ClientResult, figures: List<Figure>, first: Boolean): List<String> = listOf(
    if (first) result.scenario else "",
    if (first) "${result.size}" else "",
    result.client,
    result.jdk.orEmpty(),
) + figures.map { figure -> result.median(figure)?.let { readable(figure, it) }.orEmpty() } + ratio(result, reference)

private fun ratio(result: ClientResult, reference: ClientResult): String {
    val rate = result.median(Figure.Rate) ?: return ""
    return reference.median(Figure.Rate)?.let { "%.2f".format(Locale.ROOT, rate / it) }.orEmpty()
}

/** `6.51 M`, `194`, `0.1`, `0.35`. */
internal fun readable(figure: Figure, value: Double): String = when {
    figure == Figure.Server -> "%.2f".format(Locale.ROOT, value)
    figure == Figure.Rate -> readable(value)
    value < ONE_DIGIT_BELOW -> "%.1f".format(Locale.ROOT, value)
    else -> "%,.0f".format(Locale.ROOT, value)
}

private const val ONE_DIGIT_BELOW = 100
