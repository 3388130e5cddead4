package dev.midge.nats.bench.report

import com.github.ajalt.mordant.rendering.BorderType
import com.github.ajalt.mordant.rendering.TextAlign
import com.github.ajalt.mordant.rendering.TextStyles.bold
import com.github.ajalt.mordant.table.Borders
import com.github.ajalt.mordant.table.Table
import com.github.ajalt.mordant.table.table
import java.util.Locale

private val HEADINGS = listOf("scenario", "bytes", "client", "median", "spread", "p99", "unit", "CPU ns", "vs midge")
private val LEFT = setOf(0, 2, 6)

private const val CAPTION =
    "request: the median time of one request at a time, less is better; request-256: 256 requests in flight.\n" +
        "spread: from the slowest round to the fastest. CPU ns: of the clients' process a message, both ends.\n" +
        "vs midge: how many times as fast as Midge; above 1 is faster, also where the unit is a time."

/** The results for the eye: narrow enough for a terminal of 80 columns, with a rule above each scenario and size. */
fun resultTable(results: List<Result>): Table = ruledTable(HEADINGS, LEFT, CAPTION) { row ->
    results.forEachIndexed { index, result ->
        val previous = results.getOrNull(index - 1)
        val first = previous?.scenario != result.scenario || previous.size != result.size
        row(cells(result, first), first)
    }
}

/** A table without a frame; [rows] passes each row's cells on, and whether a rule goes above it. Columns are to the right unless in [left]. */
internal fun ruledTable(
    headings: List<String>,
    left: Set<Int>,
    caption: String,
    rows: (row: (cells: List<String>, ruled: Boolean) -> Unit) -> Unit,
): Table = table {
    borderType = BorderType.SQUARE
    tableBorders = Borders.NONE
    captionBottom(caption)
    headings.indices.filterNot { it in left }.forEach { column(it) { align = TextAlign.RIGHT } }
    header {
        cellBorders = Borders.BOTTOM
        row { headings.forEach { cell(bold(it)) } }
    }
    body {
        rows { cells, ruled -> row(*cells.toTypedArray()) { cellBorders = if (ruled) Borders.TOP else Borders.NONE } }
    }
}

private fun cells(result: Result, first: Boolean): List<String> = listOf(
    if (first) result.scenario else "",
    if (first) "${result.size}" else "",
    result.client,
    readable(result.median),
    "%.0f%%".format(Locale.ROOT, (result.max - result.min) / result.median * PER_CENT),
    result.p99?.let(::readable).orEmpty(),
    result.unit,
    "%,.0f".format(Locale.ROOT, result.cpuNanos),
    result.speedToMidge?.let { "%.2f".format(Locale.ROOT, it) } ?: "?",
)

/** Three digits: `6.51 M`, `146 k`, `155`. */
internal fun readable(value: Double): String = when {
    value >= MILLION -> threeDigits(value / MILLION) + " M"
    value >= 10 * THOUSAND -> threeDigits(value / THOUSAND) + " k"
    else -> "%.0f".format(Locale.ROOT, value)
}

private fun threeDigits(value: Double): String = when {
    value < 10 -> "%.2f".format(Locale.ROOT, value)
    value < 100 -> "%.1f".format(Locale.ROOT, value)
    else -> "%.0f".format(Locale.ROOT, value)
}

private const val PER_CENT = 100
private const val THOUSAND = 1_000.0
private const val MILLION = 1_000_000.0
