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
        val url = url(cell.scenario.server, cell.transport)
        addAll(processArguments(contestant, cell.scenario.id, cell.size, url, server.pid, plan.worker))
        option("orders", url(NullServerMode.Answer, Transport.Tcp))
        if (cell.transport == Transport.Tls) option("key-store", keyStore)
        if (cell.scenario == AloneScenario.Latency) option("rate", plan.requestsPerSecond)
    }

    private fun url(mode: NullServerMode, transport: Transport): String =
        server.addresses.first { it.mode == mode && it.transport == transport }.url
}
