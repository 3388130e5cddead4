package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.core.terminal
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.path
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.compare.Comparison
import dev.midge.nats.bench.compare.Plan
import dev.midge.nats.bench.compare.Scenario
import dev.midge.nats.bench.compare.ScenarioRun
import dev.midge.nats.bench.report.Machine
import dev.midge.nats.bench.report.Report
import dev.midge.nats.bench.report.builtInVersions
import dev.midge.nats.bench.report.resultTable
import dev.midge.nats.bench.report.resultsOf
import dev.midge.nats.bench.report.toJson
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.seconds

/** `compare`: Midge and its peers in the same run. */
class CompareCommand : CliktCommand(name = "compare") {
    private val peers by option(help = "Clients to compare Midge with: ${(BenchClients.names - MIDGE).joinToString()}")
        .convert { BenchClients.named(it) }
        .split(",")
        .default(listOf("raw", "jnats").map(BenchClients::named), defaultForHelp = "raw,jnats")
    private val scenarios by option(help = "What to measure: ${Scenario.choices.keys.joinToString()}")
        .choice(Scenario.choices)
        .split(",")
        .default(listOf(Scenario.usual), defaultForHelp = "publish,pubsub,request")
    private val sizes by option(help = "Payload sizes in bytes").int().restrictTo(min = 0).split(",").default(listOf(16, 128, 1024))
    private val rounds by option(help = "Measured runs of each client in each scenario and size").int().restrictTo(min = 1).default(5)
    private val warmUp by option("--warm-up", help = "Seconds of warm-up for each client in each scenario and size").double().default(3.0)
    private val seconds by option(help = "About how long a measured run of Midge takes").double().default(1.2)
    private val messagesPerRun by option(
        "--messages",
        help = "Messages in each run, instead of a number that follows from --seconds",
    ).int().restrictTo(min = 1)
    private val server by option(
        help = "A running server, such as nats://localhost:4222; without it, a real one is started",
        metavar = "URL",
    )
    private val tls by option("--tls", help = "Start a server that speaks TLS only; clients that cannot are left out").flag()
    private val json by option(help = "Where to write the results as JSON", metavar = "FILE").path(canBeDir = false)

    override fun help(context: Context) = "Measures Midge against other clients: same server, same JVM, turn and turn about."

    override fun run() {
        if (tls && server != null) throw UsageError("--tls starts a server of its own; leave out --server")
        serverFor(server, tls).use { server ->
            val report = measure(server.target)
            terminal.println(resultTable(report.results))
            json?.writeText(report.toJson())
        }
    }

    private fun measure(target: Target): Report {
        val clients = listOf(BenchClients.named(MIDGE)) + peers.filter { it.name != MIDGE && (it.speaksTls || !tls) }.distinct()
        val plan = Plan(clients, scenarios.flatten().distinct(), sizes, rounds, warmUp.seconds, seconds.seconds, messagesPerRun)
        val outcomes = orUserError { Comparison(plan, ScenarioRun(target), ::progress).run() }
        return Report(resultsOf(outcomes), Machine.here(), builtInVersions() + ("nats-server" to serverVersion(clients.first(), target)))
    }

    private fun serverVersion(client: BenchClient, target: Target): String = client.connect(target).use { it.serverVersion }

    private fun progress(line: String) = echo(line, err = true)

    private companion object {
        const val MIDGE = "midge"
    }
}
