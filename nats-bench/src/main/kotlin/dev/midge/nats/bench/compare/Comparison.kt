package dev.midge.nats.bench.compare

import dev.midge.nats.bench.client.BenchClient
import java.util.Locale
import kotlin.time.Duration

/**
 * What to compare, and how long.
 *
 * @property clients in the order of the table; the first is the one that the others are compared with.
 * @property warmUp for each client in each scenario and size, before any of them is measured.
 * @property runTime about how long the first client's measured runs take; the others send the same number of messages.
 * @property messages instead of a number that follows from [runTime].
 */
data class Plan(
    val clients: List<BenchClient>,
    val scenarios: List<Scenario>,
    val sizes: List<Int>,
    val rounds: Int,
    val warmUp: Duration,
    val runTime: Duration,
    val messages: Int? = null,
) {
    fun clients(scenario: Scenario): List<BenchClient> = clients.filter { it.answersRequests || !scenario.requests }
}

/** What all rounds of a client in one scenario and size came to. */
data class Outcome(
    val scenario: Scenario,
    val size: Int,
    val client: BenchClient,
    val messages: Int,
    val runs: List<Run>,
    val failures: Int,
)

/**
 * Measures the clients of a plan against each other in one JVM.
 *
 * Everything is warmed up before anything is measured: a call site that has seen one client only is compiled for that client, and would be
 * slower for each that follows. Rounds are interleaved, and their order rotates, so that a busy minute of the machine hits all alike.
 */
class Comparison(private val plan: Plan, private val run: ScenarioRun, private val progress: (String) -> Unit) {
    private val warmUp = WarmUp(run, plan.warmUp, progress)

    fun run(): List<Outcome> {
        val cells = plan.scenarios.flatMap { scenario -> plan.sizes.map { size -> scenario to size } }
        val speeds = cells.associateWith { (scenario, size) -> warmUp(scenario, size) }
        return cells.flatMap { (scenario, size) -> measure(scenario, size, messages(size, speeds.getValue(scenario to size))) }
    }

    /** The speed of the first client that came through. */
    private fun warmUp(scenario: Scenario, size: Int): Double =
        checkNotNull(plan.clients(scenario).map { warmUp.run(scenario, it, size) }.firstOrNull { it > 0 }) {
            "no client came through ${scenario.id} with $size B"
        }

    private fun messages(size: Int, perSecond: Double): Int {
        plan.messages?.let { return it }
        // What a slow subscriber has not handled yet waits on the heap: all of it, at worst.
        val limit = Runtime.getRuntime().maxMemory() / HEAP_SHARE / (size + MESSAGE_OVERHEAD_BYTES)
        return twoDigits(minOf(perSecond * plan.runTime.toSeconds(), limit.toDouble())).coerceAtLeast(1)
    }

    private fun measure(scenario: Scenario, size: Int, messages: Int): List<Outcome> {
        val clients = plan.clients(scenario)
        val runs = clients.associateWith { mutableListOf<Run>() }
        repeat(plan.rounds) { round ->
            for (client in rotated(clients, round)) {
                measureOnce(scenario, size, messages, client, round)?.let { runs.getValue(client) += it }
            }
        }
        return clients.map { client ->
            val ofClient = runs.getValue(client)
            Outcome(scenario, size, client, messages, ofClient, plan.rounds - ofClient.size)
        }
    }

    /** A run that fails (messages lost, connection cut) is reported and counted; the others go on. */
    private fun measureOnce(scenario: Scenario, size: Int, messages: Int, client: BenchClient, round: Int): Run? {
        val what = "${scenario.id} $size B, round ${round + 1} of ${plan.rounds}, ${client.name}"
        System.gc()
        return runCatching { run.run(scenario, client, size, messages) }
            .onSuccess { progress("%s: %,.0f %s".format(Locale.ROOT, what, it.value, scenario.unit)) }
            .onFailure { progress("$what: FAILED, $it") }
            .getOrNull()
    }

    internal companion object {
        const val HEAP_SHARE = 4
        const val MESSAGE_OVERHEAD_BYTES = 256

        fun <T> rotated(items: List<T>, by: Int): List<T> = items.indices.map { items[(it + by) % items.size] }
    }
}
