package dev.midge.nats.bench.pool

import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsOptions
import dev.midge.nats.Subject
import dev.midge.nats.TlsOptions
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.client.Reception
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.publish
import dev.midge.nats.use
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.concurrent.thread

/**
 * Runs a scenario with a pool of its own.
 *
 * @param lanes how many coroutines publish, or how many subjects are subscribed to; spread evenly over the connections.
 * @param work steps of computing for each message, of about a nanosecond each.
 */
class PoolRun(private val target: Target, private val lanes: Int, private val work: Int) {
    private val options = NatsOptions(target.url) { target.sslContext?.let { tls { sslContext = { it } } } }

    /** The messages a second. */
    fun run(scenario: PoolScenario, connections: Int, size: Int, messages: Int): Double = runBlocking {
        val payload = ByteArray(size) { ('a' + it % LETTERS).code.toByte() }
        NatsConnectionPool(options, connections).use { pool ->
            pool.connect()
            val perLane = messages / lanes
            val nanos = when (scenario) {
                PoolScenario.Publish -> publish(pool, payload, perLane)
                PoolScenario.Receive -> receive(pool, payload, perLane) {}
                PoolScenario.Work -> receive(pool, payload, perLane) { Computation.run(work) }
            }
            perLane.toDouble() * lanes / nanos * NANOS_PER_SECOND
        }
    }

    private suspend fun publish(pool: NatsConnectionPool, payload: ByteArray, perLane: Int): Long {
        val subjects = evenSubjects(pool)
        val start = System.nanoTime()
        coroutineScope {
            for (subject in subjects) launch(Dispatchers.Default) { repeat(perLane) { pool.publish(subject, payload) } }
        }
        pool.flush()
        return System.nanoTime() - start
    }

    /** Subjects of which each connection has as many as any other, found by looking where a message to them goes. */
    private suspend fun evenSubjects(pool: NatsConnectionPool): List<Subject> {
        val perConnection = lanes / pool.connections.size
        val byConnection = pool.connections.associateWith { ArrayList<Subject>() }
        var number = 0
        while (byConnection.values.any { it.size < perConnection }) {
            val subject = Subject("bench.pool.${number++}")
            val before = pool.connections.map { it.stats().sentMessages }
            pool.publish(subject, ByteArray(0))
            val taken = pool.connections.indices.first { pool.connections[it].stats().sentMessages > before[it] }
            byConnection.getValue(pool.connections[taken]).let { if (it.size < perConnection) it += subject }
        }
        return byConnection.values.flatten()
    }

    private suspend fun receive(pool: NatsConnectionPool, payload: ByteArray, perLane: Int, handle: () -> Unit): Long {
        val receptions = List(lanes) { Reception(perLane) }
        receptions.forEachIndexed { lane, reception ->
            pool.subscribeInline("bench.pool.$lane") {
                handle()
                reception.received(1)
            }
        }
        val start = System.nanoTime()
        val publishers = List(lanes) { lane ->
            thread {
                BenchClients.named("raw").connect(target).use { it.publish("bench.pool.$lane", payload, perLane) }
            }
        }
        receptions.forEach { it.await() }
        publishers.forEach { it.join() }
        return receptions.maxOf { it.lastNanos } - start
    }

    private companion object {
        const val LETTERS = 26
        const val NANOS_PER_SECOND = 1e9
    }
}
