package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.choice
import dev.midge.nats.bench.alone.Worker
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.jetstream.JetStreamClients
import dev.midge.nats.bench.jetstream.JetStreamScenario
import dev.midge.nats.bench.jetstream.jetStreamWorkload

/** `jetstream-process`: the one client that a process which `jetstream` started measures. */
class JetStreamProcessCommand : CliktCommand(name = "jetstream-process") {
    private val client by option().convert { JetStreamClients.named(it) }.required()
    private val scenario by option().choice(JetStreamScenario.byId).required()
    private val options by ProcessOptions()

    override val hiddenFromHelp = true

    override fun run() = orUserError {
        val workload = jetStreamWorkload(scenario, client, Target(options.server), options.size)
        Worker(workload, options.serverProcess, options.plan).use { worker -> worker.run { echo(it.toLine()) } }
    }
}
