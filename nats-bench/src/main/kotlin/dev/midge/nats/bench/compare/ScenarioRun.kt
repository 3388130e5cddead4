package dev.midge.nats.bench.compare

import com.sun.management.OperatingSystemMXBean
import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.publish
import dev.midge.nats.bench.client.receive
import java.lang.management.ManagementFactory
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * One run of one client.
 *
 * @property value in the scenario's unit.
 * @property p99 the time that 99 of 100 requests stay below, where single requests were timed.
 * @property elapsed from the first message to the last.
 * @property cpuNanos the CPU time of this process a message, of both ends; the server's is not in it.
 */
data class Run(val messages: Int, val value: Double, val elapsed: Duration, val p99: Double? = null, val cpuNanos: Double = 0.0) {
    val perSecond: Double
        get() = messages / elapsed.toSeconds()
}

/** Runs a scenario on connections of its own, so that no run inherits what another left in buffers and queues. */
class ScenarioRun(private val target: Target) {
    fun run(scenario: Scenario, client: BenchClient, size: Int, messages: Int): Run {
        val payload = ByteArray(size) { ('a' + it % LETTERS).code.toByte() }
        return when (scenario) {
            Scenario.Publish -> publish(client, payload, messages)
            Scenario.PubSub -> publishAndReceive(client, payload, messages)
            Scenario.Request -> requestOneByOne(client, payload, messages)
            Scenario.Request256 -> requestConcurrently(client, payload, messages, inFlight = 256)
            Scenario.Request10000 -> requestConcurrently(client, payload, messages, inFlight = 10_000)
        }
    }

    private fun publish(client: BenchClient, payload: ByteArray, messages: Int): Run = client.connect(target).use { publisher ->
        publisher.publish(PREAMBLE, payload, PREAMBLE_MESSAGES)
        val start = Start()
        publisher.publish(SUBJECT, payload, messages)
        start.throughput(messages)
    }

    private fun publishAndReceive(client: BenchClient, payload: ByteArray, messages: Int): Run =
        onTwoConnections(client) { publisher, subscriber ->
            val reception = subscriber.receive(SUBJECT, payload.size, messages)
            publisher.publish(PREAMBLE, payload, PREAMBLE_MESSAGES)
            val start = Start()
            publisher.publish(SUBJECT, payload, messages)
            reception.await()
            start.throughput(messages, reception.lastNanos)
        }

    private fun requestOneByOne(client: BenchClient, payload: ByteArray, messages: Int): Run =
        onTwoConnections(client) { requester, responder ->
            responder.echo(SUBJECT, payload.size)
            requester.requestOneByOne(SUBJECT, payload, LongArray(PREAMBLE_REQUESTS))
            val start = Start()
            val nanos = LongArray(messages).also { requester.requestOneByOne(SUBJECT, payload, it) }
            val cpu = start.cpuNanosEach(messages)
            val times = nanos.map { it / NANOS_PER_MICRO }
            Run(messages, times.median(), (times.sum() * NANOS_PER_MICRO).nanoseconds, times.percentile(99), cpu)
        }

    private fun requestConcurrently(client: BenchClient, payload: ByteArray, messages: Int, inFlight: Int): Run =
        onTwoConnections(client) { requester, responder ->
            responder.echo(SUBJECT, payload.size)
            requester.requestConcurrently(SUBJECT, payload, PREAMBLE_MESSAGES, inFlight)
            val start = Start()
            requester.requestConcurrently(SUBJECT, payload, messages, inFlight)
            start.throughput(messages)
        }

    private fun onTwoConnections(client: BenchClient, block: (BenchConnection, BenchConnection) -> Run): Run =
        client.connect(target).use { sending -> client.connect(target).use { receiving -> block(sending, receiving) } }

    /**
     * The clock and the CPU time at a run's beginning.
     *
     * Clients take turns in this process, and none of another's connections is open in a run, so what is used is the client's.
     */
    private class Start {
        private val cpu = system.processCpuTime
        private val nanos = System.nanoTime()

        fun throughput(messages: Int, end: Long = System.nanoTime()): Run {
            val elapsed = (end - nanos).nanoseconds
            return Run(messages, messages / elapsed.toSeconds(), elapsed, cpuNanos = cpuNanosEach(messages))
        }

        fun cpuNanosEach(messages: Int): Double = (system.processCpuTime - cpu).toDouble() / messages
    }

    private companion object {
        val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
        const val LETTERS = 26
        const val SUBJECT = "bench.compare"

        /** Nobody subscribes to it: it makes a new connection's buffers grow before the clock starts. */
        const val PREAMBLE = "bench.preamble"
        const val PREAMBLE_MESSAGES = 2_000
        const val PREAMBLE_REQUESTS = 50
        const val NANOS_PER_MICRO = 1_000.0
    }
}
