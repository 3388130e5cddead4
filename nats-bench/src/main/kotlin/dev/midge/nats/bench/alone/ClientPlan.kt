package dev.midge.nats.bench.alone

import dev.midge.nats.bench.nullserver.Transport

/**
 * What `client` measures.
 *
 * @property requestsPerSecond of what sends at a fixed rate.
 * @property javaOptions of the clients' JVMs.
 */
internal data class ClientPlan(
    val scenarios: List<AloneScenario>,
    val transports: List<Transport>,
    val sizes: List<Int>,
    val contestants: List<Contestant>,
    val worker: WorkerPlan,
    val requestsPerSecond: Int,
    val javaOptions: List<String> = emptyList(),
) {
    fun cells(): List<Cell> = scenarios.flatMap { scenario ->
        transports.flatMap { transport -> (scenario.onlySize?.let(::listOf) ?: sizes).map { Cell(scenario, transport, it) } }
    }

    fun contestants(cell: Cell): List<Contestant> = cell.scenario.clients
        .filter { cell.transport == Transport.Tcp || (it != Contestant.C && aloneClient(it).speaksTls) }
        .flatMap { name -> contestants.filter { it.client == name } }
}

/** A scenario by a transport with a size of payloads. */
internal data class Cell(val scenario: AloneScenario, val transport: Transport, val size: Int) {
    /** `publish`, `publish tls`. */
    val name: String
        get() = if (transport == Transport.Tcp) scenario.id else "${scenario.id} ${transport.scheme}"
}
