package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.terminal
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.compare.Comparison
import dev.midge.nats.bench.compare.Outcome
import dev.midge.nats.bench.compare.Plan
import dev.midge.nats.bench.compare.Scenario
import dev.midge.nats.bench.compare.ScenarioRun
import dev.midge.nats.bench.report.resultTable
import dev.midge.nats.bench.report.resultsOf
import dev.midge.nats.bench.typed.Order
import dev.midge.nats.bench.typed.TypedClients
import kotlin.time.Duration.Companion.seconds

/** `typed`: objects as JSON, by Midge and by jnats with Jackson. */
class TypedCommand : CliktCommand(name = "typed") {
    private val scenarios by option(help = "What to measure: ${SCENARIOS.keys.joinToString()}")
        .choice(SCENARIOS)
        .split(",")
        .default(listOf(Scenario.Publish), defaultForHelp = Scenario.Publish.id)
    private val rounds by option(help = "Measured runs of each client").int().restrictTo(min = 1).default(5)
    private val warmUp by option("--warm-up", help = "Seconds of warm-up for each client").double().default(5.0)
    private val seconds by option(help = "About how long a measured run of Midge takes").double().default(1.5)
    private val messagesPerRun by option("--messages", help = "Messages in each run, instead of a number that follows from --seconds")
        .int()
        .restrictTo(min = 1)
    private val server by option(
        help = "A running server, such as nats://localhost:4222; without it, a real one is started",
        metavar = "URL",
    )

    override fun help(context: Context) =
        "Measures objects of ${Order.JSON_BYTES} bytes as JSON, encoded for each message, turn and turn about."

    override fun run() = serverFor(server, tls = false).use { server ->
        terminal.println(resultTable(resultsOf(orUserError { measure(server.target) })))
    }

    private fun measure(target: Target): List<Outcome> {
        val plan = Plan(TypedClients.all, scenarios, listOf(Order.JSON_BYTES), rounds, warmUp.seconds, seconds.seconds, messagesPerRun)
        return Comparison(plan, ScenarioRun(target), ::progress).run()
    }

    private fun progress(line: String) = echo(line, err = true)

    private companion object {
        val SCENARIOS = listOf(Scenario.Publish, Scenario.PubSub).associateBy { it.id }
    }
}
