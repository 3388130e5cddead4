package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.terminal
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.report.clientTable
import dev.midge.nats.bench.stores.StoreScenario
import dev.midge.nats.testing.NatsServerProcess

/** `stores`: buckets of keys and object stores, by Midge and by jnats. */
class StoresCommand : CliktCommand(name = "stores") {
    private val scenarios by option(help = "What to measure: ${StoreScenario.byId.keys.joinToString()}")
        .choice(StoreScenario.byId)
        .split(",")
        .default(StoreScenario.entries, defaultForHelp = "all")
    private val clients by option(help = "Who is measured, where a scenario has them: ${CLIENTS.joinToString()}")
        .choice(CLIENTS.associateWith { it })
        .split(",")
        .default(USUAL, defaultForHelp = USUAL.joinToString(","))
    private val serverVersion by option("--server-version", help = "The nats-server to measure against", metavar = "VERSION")
        .default(USUAL_SERVER_VERSION)
    private val storeOptions by StoreOptions()
    private val options by AloneOptions(usualSizes = listOf(128))

    override fun help(context: Context) =
        "Measures key-value and object store: each client alone in a fresh process, with a store in the memory of a real server."

    override fun run() {
        options.check()
        val results = orUserError { jetStreamServer(serverVersion).use(::measure) }
        terminal.println(clientTable(results))
        options.write(results, mapOf("nats-server" to serverVersion))
    }

    private fun measure(server: NatsServerProcess): List<ClientResult> {
        val comparison = ServerComparison("stores-process", server, options, ::progress)
        return comparison.run(
            scenarios.distinct().flatMap { scenario ->
                val contestants = scenario.clients.filter { it in clients }
                val sizes = scenario.onlySize?.let(::listOf) ?: options.sizes
                sizes.map { comparison.block(scenario.id, it, contestants, storeOptions.arguments()) }
            },
        )
    }

    private fun progress(line: String) = echo(line, err = true)

    private companion object {
        val CLIENTS = StoreScenario.entries.flatMap { it.clients }.distinct()
        val USUAL = listOf("midge", "midge-java", "jnats")
    }
}
