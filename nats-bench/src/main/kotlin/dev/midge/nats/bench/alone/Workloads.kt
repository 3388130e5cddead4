package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.publish
import dev.midge.nats.bench.nullserver.MessageSource

internal const val SUBJECT: String = "bench.alone"

/** Connects [client] to [target] for [scenario], one that is done as fast as the client can. */
internal fun workload(scenario: AloneScenario, client: BenchClient, target: Target, size: Int): Workload {
    val payload = ByteArray(size) { 'x'.code.toByte() }
    val connection = client.connect(target)
    return when (scenario) {
        AloneScenario.Publish, AloneScenario.PublishTyped -> Sending(connection) { connection.publish(SUBJECT, payload, it) }

        AloneScenario.Publish4, AloneScenario.Publish64 ->
            flushed(connection) { connection.sendConcurrently(SUBJECT, payload, it, scenario.inFlight) }

        AloneScenario.PublishHeaders -> flushed(connection) { connection.sendWithHeaders(SUBJECT, payload, it) }

        AloneScenario.Receive -> Receiving(connection, target, size)

        AloneScenario.ReceiveHeaders -> Receiving(connection, target, size, kind = MessageSource.HEADERS)

        AloneScenario.ReceiveTyped -> Receiving(connection, target, size, kind = MessageSource.ORDER)

        AloneScenario.FanOut -> Receiving(connection, target, size, subscriptions = scenario.inFlight)

        AloneScenario.Subscriptions1, AloneScenario.Subscriptions100000 -> ReceivingMany(connection, target, size, scenario.inFlight)

        AloneScenario.Request1 -> requests(connection, payload)

        AloneScenario.Request16, AloneScenario.Request256, AloneScenario.Request10000 ->
            Sending(connection) { connection.requestConcurrently(SUBJECT, payload, it, scenario.inFlight) }

        AloneScenario.Latency, AloneScenario.Idle -> error("${scenario.id} is not done as fast as the client can")
    }
}

private fun flushed(connection: BenchConnection, send: (Int) -> Unit): Workload = Sending(connection) {
    send(it)
    connection.flush()
}

/** One after the other, by batches: what a batch takes to begin is nothing to what it does. */
private fun requests(connection: BenchConnection, payload: ByteArray): Workload {
    val times = LongArray(REQUESTS_PER_BATCH)
    return Sending(connection) {
        var rest = it
        while (rest > 0) {
            val now = minOf(rest, REQUESTS_PER_BATCH)
            connection.requestOneByOne(SUBJECT, payload, times, now)
            rest -= now
        }
    }
}

/** Work whose messages begin with the client. */
private class Sending(private val connection: BenchConnection, private val send: (Int) -> Unit) : Workload {
    override fun run(messages: Int): Int {
        send(messages)
        return messages
    }

    override fun close() = connection.close()
}

/** As many subscriptions of one subject as are asked for, each counted by a lane of its own. */
private class Receiving(private val connection: BenchConnection, target: Target, size: Int, subscriptions: Int = 1, kind: String = "") :
    Workload {
    private val orders = SendOrders(target, SUBJECT, size, kind)
    private val feed = Feed(orders, size)

    init {
        List(subscriptions) { feed.lane() }.forEach { connection.receive(SUBJECT, size, Feed.MOST_MESSAGES, it) }
    }

    override fun run(messages: Int): Int = feed.run(messages)

    override fun close() {
        connection.close()
        orders.close()
    }
}

/** Subscriptions of as many subjects, all counted by one lane. */
private class ReceivingMany(private val connection: BenchConnection, target: Target, size: Int, subscriptions: Int) : Workload {
    private val orders = SendOrders(target, "$SUBJECT.>", size)
    private val feed = Feed(orders, size, subscriptions)

    init {
        connection.receiveMany(List(subscriptions) { "$SUBJECT.$it" }, feed.lane())
    }

    override fun run(messages: Int): Int = feed.run(messages)

    override fun close() {
        connection.close()
        orders.close()
    }
}

private const val REQUESTS_PER_BATCH = 10_000
