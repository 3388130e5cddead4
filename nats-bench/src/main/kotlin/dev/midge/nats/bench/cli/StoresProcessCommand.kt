package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.choice
import dev.midge.nats.bench.alone.Worker
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.stores.StoreClients
import dev.midge.nats.bench.stores.StoreScenario
import dev.midge.nats.bench.stores.storeWorkload

/** `stores-process`: the one client that a process which `stores` started measures. */
class StoresProcessCommand : CliktCommand(name = "stores-process") {
    private val client by option().convert { StoreClients.named(it) }.required()
    private val scenario by option().choice(StoreScenario.byId).required()
    private val storeOptions by StoreOptions()
    private val options by ProcessOptions()

    override val hiddenFromHelp = true

    override fun run() = orUserError {
        val workload = storeWorkload(scenario, client, Target(options.server), storeOptions.sizes(options.size))
        Worker(workload, options.serverProcess, options.plan).use { worker -> worker.run { echo(it.toLine()) } }
    }
}
