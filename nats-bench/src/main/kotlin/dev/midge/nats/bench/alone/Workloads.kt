package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.publish

internal const val SUBJECT: String = "bench.alone"

/** Connects [client] to [target] for [scenario]. */
internal fun workload(scenario: AloneScenario, client: BenchClient, target: Target, size: Int): Workload {
    val payload = ByteArray(size) { 'x'.code.toByte() }
    val connection = client.connect(target)
    return when (scenario) {
        AloneScenario.Publish -> work(connection) { connection.publish(SUBJECT, payload, it) }

        AloneScenario.Receive -> Receiving(connection, SendOrders(target, SUBJECT, size), size)

        AloneScenario.Request1 -> requests(connection, payload)

        AloneScenario.Request16, AloneScenario.Request256, AloneScenario.Request10000 ->
            work(connection) { connection.requestConcurrently(SUBJECT, payload, it, scenario.inFlight) }
    }
}

/** One after the other, by batches: what a batch takes to begin is nothing to what it does. */
private fun requests(connection: BenchConnection, payload: ByteArray): Workload {
    val times = LongArray(REQUESTS_PER_BATCH)
    return work(connection) {
        var rest = it
        while (rest > 0) {
            val now = minOf(rest, REQUESTS_PER_BATCH)
            connection.requestOneByOne(SUBJECT, payload, times, now)
            rest -= now
        }
    }
}

private fun work(connection: BenchConnection, block: (Int) -> Unit): Workload = object : Workload {
    override fun run(messages: Int): Int {
        block(messages)
        return messages
    }

    override fun close() = connection.close()
}

private class Receiving(private val connection: BenchConnection, private val orders: SendOrders, size: Int) : Workload {
    private val feed = Feed(orders, size)

    init {
        connection.receive(SUBJECT, size, Feed.MOST_MESSAGES, feed.lane())
    }

    override fun run(messages: Int): Int = feed.run(messages)

    override fun close() {
        connection.close()
        orders.close()
    }
}

private const val REQUESTS_PER_BATCH = 10_000
