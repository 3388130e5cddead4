package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.path
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.report.toSvg
import kotlinx.serialization.SerializationException
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** `report`: a picture of what `client` measured. */
class ReportCommand : CliktCommand(name = "report") {
    private val results by argument(help = "What client --json wrote").path(mustExist = true, canBeDir = false)
    private val svg by option("--svg", help = "Where to write the picture", metavar = "FILE").path(canBeDir = false).required()

    override fun help(context: Context) = "Draws what client measured: one SVG file that needs nothing beside itself."

    override fun run() {
        val report = try {
            ClientReport.parse(results.readText())
        } catch (e: SerializationException) {
            throw UsageError("$results is not what client --json writes: ${e.message?.lines()?.first()}")
        }
        svg.writeText(report.toSvg())
    }
}
