package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.core.terminal
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.multiple
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.path
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.Build
import dev.midge.nats.bench.alone.ClientCommands
import dev.midge.nats.bench.alone.ClientComparison
import dev.midge.nats.bench.alone.ClientPlan
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Contestant
import dev.midge.nats.bench.alone.Jdk
import dev.midge.nats.bench.alone.NullServerProcess
import dev.midge.nats.bench.alone.SystemCalls
import dev.midge.nats.bench.alone.WorkerPlan
import dev.midge.nats.bench.nullserver.Transport
import dev.midge.nats.bench.peers.CProgram
import dev.midge.nats.bench.report.Machine
import dev.midge.nats.bench.report.builtInVersions
import dev.midge.nats.bench.report.clientTable
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.seconds

/** `client`: what a client itself costs. */
class ClientCommand : CliktCommand(name = "client") {
    private val scenarios by option(help = "What to measure: ${AloneScenario.byId.keys.joinToString()}")
        .choice(AloneScenario.byId)
        .split(",")
        .default(AloneScenario.usual, defaultForHelp = AloneScenario.usual.joinToString(",") { it.id })
    private val clients by option(help = "Who is measured, where a scenario has them: ${CLIENTS.joinToString()}")
        .choice(CLIENTS.associateWith { it })
        .split(",")
        .default(CLIENTS, defaultForHelp = "all")
    private val transports by option("--transport", help = "What carries the protocol: ${TRANSPORTS.keys.joinToString()}")
        .choice(TRANSPORTS)
        .split(",")
        .default(listOf(Transport.Tcp), defaultForHelp = "tcp")
    private val rate by option(help = "Requests a second in ${AloneScenario.Latency.id}").int().restrictTo(min = 1).default(5_000)
    private val sizes by option(help = "Payload sizes in bytes").int().restrictTo(min = 0).split(",").default(listOf(16, 128, 1024))
    private val rounds by option(help = "Processes of each client in each scenario and size").int().restrictTo(min = 1).default(5)
    private val warmUp by option("--warm-up", help = "Seconds of warm-up in each process").double().default(3.0)
    private val seconds by option(help = "About how long a measured run takes").double().default(1.0)
    private val windows by option(help = "Measured runs in each process").int().restrictTo(min = 1).default(3)
    private val jdks by option("--jdk", help = "A JDK that runs clients, may be given again; else the one that runs this", metavar = "HOME")
        .path(mustExist = true, canBeFile = false)
        .multiple()
    private val builds by option(
        "--midge",
        help = "Another build of Midge to compare with, as NAME=CLASSPATH (before=/old/nats-core/target/classes); may be given again",
    ).convert { build(it) }.multiple()
    private val javaOptions by option("--java-option", help = "An option of the clients' JVMs, may be given again").multiple()
    private val systemCalls by option("--system-calls", help = "Count system calls, in a run of their own under strace").flag()
    private val json by option(help = "Where to write the results as JSON", metavar = "FILE").path(canBeDir = false)

    override fun help(context: Context) =
        "Measures what a client itself costs: each alone in a fresh process, against a server that does nothing."

    override fun run() {
        if (systemCalls && !SystemCalls.isInstalled) throw UsageError("--system-calls needs strace: install it")
        val results = orUserError { measure() }
        terminal.println(clientTable(results))
        json?.writeText(ClientReport(results, Machine.here(), builtInVersions()).toJson())
    }

    private fun measure(): List<ClientResult> {
        val cProgram = if (Contestant.C in clients) CProgram.prepare(::progress) else null
        val worker = WorkerPlan(warmUp.seconds, seconds.seconds, windows, systemCalls)
        val contestants = contestants(cProgram != null)
        val plan = ClientPlan(scenarios.distinct(), transports.distinct(), sizes, contestants, rounds, worker, rate, javaOptions)
        return BenchCertificate().use { certificate ->
            NullServerProcess(certificate.keyStore).use { server ->
                ClientComparison(plan, ClientCommands(server, certificate.keyStore, cProgram), ::progress).run()
            }
        }
    }

    private fun contestants(c: Boolean): List<Contestant> {
        val machines = jdks.map(Jdk::at).ifEmpty { listOf(Jdk.own()) }
        return clients.flatMap { client ->
            when {
                client == Contestant.C -> if (c) listOf(Contestant(client)) else emptyList()
                client.startsWith("midge") -> (listOf(null) + builds).flatMap { build -> machines.map { Contestant(client, it, build) } }
                else -> machines.map { Contestant(client, it) }
            }
        }
    }

    private fun build(text: String): Build {
        if ('=' !in text) throw UsageError("--midge is NAME=CLASSPATH, not $text")
        return Build(name = text.substringBefore('='), classPath = text.substringAfter('='))
    }

    private fun progress(line: String) = echo(line, err = true)

    private companion object {
        val TRANSPORTS = mapOf("tcp" to Transport.Tcp, "tls" to Transport.Tls, "ws" to Transport.WebSocket)
        val CLIENTS = AloneScenario.entries.flatMap { it.clients }.distinct()
    }
}
