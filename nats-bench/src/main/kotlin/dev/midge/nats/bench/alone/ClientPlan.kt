package dev.midge.nats.bench.alone

/**
 * What `client` measures.
 *
 * @property rounds how many processes of each contestant in each scenario and size.
 * @property javaOptions of the clients' JVMs.
 */
internal data class ClientPlan(
    val scenarios: List<AloneScenario>,
    val sizes: List<Int>,
    val contestants: List<Contestant>,
    val rounds: Int,
    val worker: WorkerPlan,
    val javaOptions: List<String> = emptyList(),
) {
    fun cells(): List<Cell> = scenarios.flatMap { scenario -> sizes.map { Cell(scenario, it) } }

    fun contestants(cell: Cell): List<Contestant> = cell.scenario.clients.flatMap { name -> contestants.filter { it.client == name } }
}

/** A scenario with a size of payloads. */
internal data class Cell(val scenario: AloneScenario, val size: Int)
