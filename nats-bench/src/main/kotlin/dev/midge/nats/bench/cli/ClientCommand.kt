package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.terminal
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.Block
import dev.midge.nats.bench.alone.ClientCommands
import dev.midge.nats.bench.alone.ClientComparison
import dev.midge.nats.bench.alone.ClientPlan
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Contestant
import dev.midge.nats.bench.alone.NullServerProcess
import dev.midge.nats.bench.nullserver.Transport
import dev.midge.nats.bench.peers.CProgram
import dev.midge.nats.bench.report.clientTable

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
    private val options by AloneOptions(usualSizes = listOf(16, 128, 1024))

    override fun help(context: Context) =
        "Measures what a client itself costs: each alone in a fresh process, against a server that does nothing."

    override fun run() {
        options.check()
        val results = orUserError { measure() }
        terminal.println(clientTable(results))
        options.write(results)
    }

    private fun measure(): List<ClientResult> {
        val cProgram = if (Contestant.C in clients) CProgram.prepare(::progress) else null
        val plan = plan(cProgram != null)
        return BenchCertificate().use { certificate ->
            NullServerProcess(certificate.keyStore).use { server ->
                val commands = ClientCommands(server, certificate.keyStore, cProgram)
                val blocks = plan.cells().map { cell ->
                    Block(cell.name, cell.size, plan.contestants(cell)) { commands.of(cell, it, plan) }
                }
                ClientComparison(options.rounds, ::progress).run(blocks)
            }
        }
    }

    private fun plan(c: Boolean): ClientPlan {
        val contestants = clients.flatMap {
            if (it != Contestant.C) {
                options.contestants(it)
            } else if (c) {
                listOf(Contestant(it))
            } else {
                emptyList()
            }
        }
        return ClientPlan(
            scenarios.distinct(),
            transports.distinct(),
            options.sizes,
            contestants,
            options.worker,
            rate,
            options.javaOptions,
        )
    }

    private fun progress(line: String) = echo(line, err = true)

    private companion object {
        val TRANSPORTS = mapOf("tcp" to Transport.Tcp, "tls" to Transport.Tls, "ws" to Transport.WebSocket)
        val CLIENTS = AloneScenario.entries.flatMap { it.clients }.distinct()
    }
}
