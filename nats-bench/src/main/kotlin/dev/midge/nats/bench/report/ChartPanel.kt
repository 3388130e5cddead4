package dev.midge.nats.bench.report

import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Figure
import java.util.Locale

/** The bars of one scenario. Rows are clients, columns are sizes, and each column has a scale of its own. */
internal class ChartPanel(private val results: List<ClientResult>, private val namesJdk: Boolean) {
    private val shown = Shown.of(results)
    private val rows = results.map(::rowName).distinct()
    private val columns = results.map { it.size }.distinct().sorted()

    val height: Int = TOP + rows.size * ROW + BOTTOM

    fun draw(): String = buildString {
        append("""<line class="line" x1="$CHART_MARGIN" x2="${CHART_WIDTH - CHART_MARGIN}" y1="0.5" y2="0.5"/>""")
        append(text(CHART_MARGIN, 24, "heading", results.first().scenario))
        append(text(CHART_MARGIN + HEADING_ROOM, 24, "note", shown.legend))
        rows.forEachIndexed { row, name -> append(text(NAME_END, TOP + row * ROW + BASELINE, "name", name)) }
        columns.forEachIndexed { column, size -> append(column(column, size)) }
    }

    private fun column(index: Int, size: Int): String = buildString {
        val ofSize = results.filter { it.size == size }
        val x = NAME_END + GAP + index * columnWidth
        // What no client can reach would make all others look alike: its bar is cut.
        val most = ofSize.filterNot { it.client in FLOORS }.mapNotNull(shown::value).maxOrNull() ?: return@buildString
        append(text(x, TOP - 8, "size", if (size == 0) "no payload" else "$size B"))
        ofSize.forEach { result -> shown.value(result)?.let { append(bar(x, rows.indexOf(rowName(result)), result, it, it / most)) } }
    }

    private fun bar(x: Int, row: Int, result: ClientResult, value: Double, share: Double): String = buildString {
        val y = TOP + row * ROW
        val full = columnWidth - GAP - LABEL_ROOM
        val width = (full * share.coerceIn(SMALLEST, 1.0)).toInt()
        append("""<rect class="track" x="$x" y="${y + BAR_TOP}" width="$full" height="$BAR" rx="2"/>""")
        append("""<rect class="${style(result)}" x="$x" y="${y + BAR_TOP}" width="$width" height="$BAR" rx="2"/>""")
        if (share > 1) append("""<path class="paper" d="M${x + full - 14} ${y + BAR_TOP + BAR + 1}l5 -${BAR + 2}h4l-5 ${BAR + 2}z"/>""")
        append(text(x + full + 6, y + BASELINE, "value", shown.label(value)))
        append(text(x + full + VALUE_ROOM, y + BASELINE, "aside", shown.aside(result)))
    }

    private val columnWidth: Int
        get() = ((CHART_WIDTH - CHART_MARGIN - NAME_END - GAP) / columns.size).coerceAtMost(WIDEST)

    private fun style(result: ClientResult): String = when {
        result.client in FLOORS -> "floor"
        result.client.startsWith("midge") -> "own"
        else -> "peer"
    }

    private fun rowName(result: ClientResult): String = result.client + if (namesJdk) result.jdk?.let { " · $it" }.orEmpty() else ""

    /** Which figure is the bar, and which stands beside it. */
    private class Shown(private val figure: Figure, private val beside: List<Figure>, private val unit: String, val legend: String) {
        fun value(result: ClientResult): Double? = result.median(figure)

        fun label(value: Double): String = readable(value) + unit

        fun aside(result: ClientResult): String {
            if (beside == listOf(Figure.Cpu)) return cpu(result.median(Figure.Cpu))
            return beside.mapNotNull { result.median(it) }.joinToString(" / ") { short(it) }
        }

        private fun short(value: Double): String = if (value < 10 && value % 1 > 0) "%.1f".format(Locale.ROOT, value) else readable(value)

        private fun cpu(nanos: Double?): String = when {
            nanos == null -> ""
            nanos < MICRO -> "%.0f ns".format(Locale.ROOT, nanos)
            else -> "%.1f µs".format(Locale.ROOT, nanos / MICRO)
        }

        companion object {
            private const val MICRO = 1_000.0
            private const val LATENCY = "99th percentile, less is better; median / 99.9th"
            private const val MEMORY = "memory each, less is better; threads / wake-ups a second"
            private const val RATE = "a second, more is better; CPU each"

            fun of(results: List<ClientResult>): Shown {
                fun has(figure: Figure) = results.any { it.median(figure) != null }
                return when {
                    has(Figure.P99) -> Shown(Figure.P99, listOf(Figure.P50, Figure.P999), " µs", LATENCY)
                    has(Figure.Memory) -> Shown(Figure.Memory, listOf(Figure.Threads, Figure.WakeUps), " KiB", MEMORY)
                    else -> Shown(Figure.Rate, listOf(Figure.Cpu), "/s", RATE)
                }
            }
        }
    }

    private companion object {
        /** Plain sockets: what the machine can do without a client. */
        val FLOORS = setOf("raw", "ktor")
        const val TOP = 58
        const val BOTTOM = 18
        const val ROW = 21
        const val BASELINE = 15
        const val BAR_TOP = 4
        const val BAR = 14
        const val NAME_END = 150
        const val GAP = 12
        const val HEADING_ROOM = 190
        const val LABEL_ROOM = 126
        const val VALUE_ROOM = 74
        const val WIDEST = 420
        const val SMALLEST = 0.004
    }
}
