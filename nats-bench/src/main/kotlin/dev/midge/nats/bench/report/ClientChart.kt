package dev.midge.nats.bench.report

import dev.midge.nats.bench.alone.ClientReport

/**
 * The results as one picture: a panel a scenario, a column a size, a bar a client.
 *
 * It needs nothing beside itself, follows the reader's light or dark setting, and is as wide as a README is on a screen.
 */
fun ClientReport.toSvg(): String {
    val panels = results.groupBy { it.scenario }.values.map { ChartPanel(it, severalJdks) }
    val tops = panels.runningFold(HEAD_HEIGHT) { top, panel -> top + panel.height }
    val height = tops.last() + FOOT_HEIGHT
    return buildString {
        append("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $CHART_WIDTH $height" width="$CHART_WIDTH" height="$height" """)
        append("""role="img" aria-label="What NATS clients cost on the JVM, measured alone">""")
        append("<style>$STYLE</style>")
        append("""<rect class="paper" width="$CHART_WIDTH" height="$height" rx="8"/>""")
        append(text(CHART_MARGIN, 38, "title", "What the client itself costs"))
        append(text(CHART_MARGIN, 58, "note", subtitle()))
        panels.forEachIndexed { index, panel -> append("""<g transform="translate(0 ${tops[index]})">${panel.draw()}</g>""") }
        append(text(CHART_MARGIN, height - 20, "note", machineLine()))
        append("</svg>\n")
    }
}

private val ClientReport.severalJdks: Boolean
    get() = results.mapNotNull { it.jdk }.distinct().size > 1

private fun ClientReport.subtitle(): String =
    "Each client alone in its process, against a server that does nothing. Medians. Small figures: CPU of the client’s process a message."

private fun ClientReport.machineLine(): String {
    val java = results.mapNotNull { it.jdk }.distinct().joinToString(" and ") { "Java $it" }
    return "${machine.cpu}, ${machine.cores} cores, $java; " + versions.entries.joinToString { "${it.key} ${it.value}" }
}

/** One line of text at a place. */
internal fun text(x: Number, y: Number, style: String, content: String): String =
    """<text x="$x" y="$y" class="$style">${escaped(content)}</text>"""

private fun escaped(text: String): String = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

internal const val CHART_WIDTH: Int = 960
internal const val CHART_MARGIN: Int = 28
private const val HEAD_HEIGHT = 72
private const val FOOT_HEIGHT = 48

private const val STYLE =
    "svg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:12px}" +
        ".paper{fill:#fff}text{fill:#1f2328}.title{font-size:21px;font-weight:600}.heading{font-size:15px;font-weight:600}" +
        ".note,.aside,.size{fill:#656d76}.note,.aside{font-size:11px}.size{font-weight:600}.name{text-anchor:end}.value{font-weight:600}" +
        ".track{fill:#eff2f5}.own{fill:#0a7f6f}.peer{fill:#8c959f}.floor{fill:#c9a227}.line{stroke:#d1d9e0}" +
        "@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}.note,.aside,.size{fill:#9198a1}" +
        ".track{fill:#1c2128}.own{fill:#2bb5a0}.peer{fill:#656d76}.line{stroke:#3d444d}}"
