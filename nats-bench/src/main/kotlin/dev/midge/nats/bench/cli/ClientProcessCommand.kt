package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.path
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.AloneWorker
import dev.midge.nats.bench.alone.IdleWorker
import dev.midge.nats.bench.alone.LatencyWorker
import dev.midge.nats.bench.alone.Worker
import dev.midge.nats.bench.alone.aloneClient
import dev.midge.nats.bench.alone.workload
import dev.midge.nats.bench.client.Target

/** `client-process`: the one client that a process which `client` started measures. */
class ClientProcessCommand : CliktCommand(name = "client-process") {
    private val client by option().convert { aloneClient(it) }.required()
    private val scenario by option().choice(AloneScenario.byId).required()
    private val orders by option().required()
    private val rate by option().int().default(0)
    private val keyStore by option().path()
    private val options by ProcessOptions()

    override val hiddenFromHelp = true

    override fun run() = orUserError {
        val target = Target(options.server, keyStore?.let(BenchCertificate::clientContext), orders)
        worker(target).use { worker -> worker.run { echo(it.toLine()) } }
    }

    private fun worker(target: Target): AloneWorker {
        val server = options.serverProcess
        return when (scenario) {
            AloneScenario.Latency -> LatencyWorker(client.connect(target), ByteArray(options.size), rate, server, options.plan)
            AloneScenario.Idle -> IdleWorker(client, target, options.plan)
            else -> Worker(workload(scenario, client, target, options.size), server, options.plan)
        }
    }
}
