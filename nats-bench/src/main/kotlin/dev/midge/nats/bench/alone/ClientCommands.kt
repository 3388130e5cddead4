package dev.midge.nats.bench.alone

import dev.midge.nats.bench.nullserver.NullServerMode
import dev.midge.nats.bench.nullserver.Transport
import dev.midge.nats.bench.peers.CProgram
import java.nio.file.Path

/** The commands of clients' processes, which all know the same options. */
internal class ClientCommands(private val server: NullServerProcess, private val keyStore: Path, private val cProgram: CProgram?) {
    fun of(cell: Cell, contestant: Contestant, plan: ClientPlan): List<String> {
        val arguments = arguments(cell, contestant, plan)
        return when (val jdk = contestant.jdk) {
            null -> listOf("${checkNotNull(cProgram) { "there is no program for ${contestant.name}" }.path}") + arguments
            else -> javaCommand(jdk, plan.javaOptions, contestant.build, listOf("client-process") + arguments)
        }
    }

    private fun arguments(cell: Cell, contestant: Contestant, plan: ClientPlan): List<String> = buildList {
        option("client", contestant.client)
        option("scenario", cell.scenario.id)
        option("size", cell.size)
        option("server", url(cell.scenario.server, cell.transport))
        option("orders", url(NullServerMode.Answer, Transport.Tcp))
        if (cell.transport == Transport.Tls) option("key-store", keyStore)
        if (cell.scenario == AloneScenario.Latency) option("rate", plan.requestsPerSecond)
        option("server-pid", server.pid)
        option("warm-up", plan.worker.warmUp.inWholeMilliseconds / MILLIS)
        option("seconds", plan.worker.seconds.inWholeMilliseconds / MILLIS)
        option("windows", plan.worker.windows)
        if (plan.worker.systemCalls) add("--system-calls")
    }

    private fun url(mode: NullServerMode, transport: Transport): String =
        server.addresses.first { it.mode == mode && it.transport == transport }.url

    private fun MutableList<String>.option(name: String, value: Any) {
        add("--$name")
        add("$value")
    }

    private companion object {
        const val MILLIS = 1_000.0
    }
}
