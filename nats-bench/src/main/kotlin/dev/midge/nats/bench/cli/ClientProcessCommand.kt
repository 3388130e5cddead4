package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.long
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.Worker
import dev.midge.nats.bench.alone.WorkerPlan
import dev.midge.nats.bench.alone.workload
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.client.Target
import kotlin.time.Duration.Companion.seconds

/** `client-process`: the one client that a process which `client` started measures. */
class ClientProcessCommand : CliktCommand(name = "client-process") {
    private val client by option().convert { BenchClients.named(it) }.required()
    private val scenario by option().choice(AloneScenario.byId).required()
    private val size by option().int().required()
    private val server by option().required()
    private val orders by option().required()
    private val serverPid by option().long().required()
    private val warmUp by option().double().required()
    private val seconds by option().double().required()
    private val windows by option().int().required()
    private val systemCalls by option().flag()

    override val hiddenFromHelp = true

    override fun run() = orUserError {
        val plan = WorkerPlan(warmUp.seconds, seconds.seconds, windows, systemCalls)
        workload(scenario, client, Target(server, orders = orders), size).use { workload ->
            Worker(workload, ProcessHandle.of(serverPid).orElse(null), plan).run { echo(it.toLine()) }
        }
    }
}
