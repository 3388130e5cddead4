package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.long
import com.github.ajalt.clikt.parameters.types.path
import dev.midge.nats.bench.alone.AloneScenario
import dev.midge.nats.bench.alone.AloneWorker
import dev.midge.nats.bench.alone.IdleWorker
import dev.midge.nats.bench.alone.LatencyWorker
import dev.midge.nats.bench.alone.Worker
import dev.midge.nats.bench.alone.WorkerPlan
import dev.midge.nats.bench.alone.aloneClient
import dev.midge.nats.bench.alone.workload
import dev.midge.nats.bench.client.Target
import kotlin.time.Duration.Companion.seconds

/** `client-process`: the one client that a process which `client` started measures. */
class ClientProcessCommand : CliktCommand(name = "client-process") {
    private val client by option().convert { aloneClient(it) }.required()
    private val scenario by option().choice(AloneScenario.byId).required()
    private val size by option().int().required()
    private val server by option().required()
    private val orders by option().required()
    private val serverPid by option().long().required()
    private val warmUp by option().double().required()
    private val seconds by option().double().required()
    private val windows by option().int().required()
    private val rate by option().int().default(0)
    private val keyStore by option().path()
    private val systemCalls by option().flag()

    override val hiddenFromHelp = true

    override fun run() = orUserError {
        val plan = WorkerPlan(warmUp.seconds, seconds.seconds, windows, systemCalls)
        val target = Target(server, keyStore?.let(BenchCertificate::clientContext), orders)
        worker(target, plan).use { worker -> worker.run { echo(it.toLine()) } }
    }

    private fun worker(target: Target, plan: WorkerPlan): AloneWorker {
        val process = ProcessHandle.of(serverPid).orElse(null)
        return when (scenario) {
            AloneScenario.Latency -> LatencyWorker(client.connect(target), ByteArray(size), rate, process, plan)
            AloneScenario.Idle -> IdleWorker(client, target, plan)
            else -> Worker(workload(scenario, client, target, size), process, plan)
        }
    }
}
