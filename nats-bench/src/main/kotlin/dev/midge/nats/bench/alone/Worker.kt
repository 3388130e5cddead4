package dev.midge.nats.bench.alone

import dev.midge.nats.bench.compare.twoDigits
import kotlin.time.Duration
import kotlin.time.DurationUnit

/**
 * Measures a client that does its scenario's work as fast as it can.
 *
 * @param server the process whose usage is told beside the client's.
 */
internal class Worker(private val workload: Workload, private val server: ProcessHandle?, private val plan: WorkerPlan) : AloneWorker {
    override fun run(told: (Measurement) -> Unit) {
        val perSecond = warmUp()
        val messages = twoDigits(perSecond * plan.seconds.toDouble(DurationUnit.SECONDS)).coerceAtLeast(1)
        repeat(plan.windows) { told(Measurement.of(measure(messages))) }
        if (plan.systemCalls) countSystemCalls(twoDigits(perSecond / COUNTED_SHARE).coerceAtLeast(1))?.let(told)
    }

    override fun close() = workload.close()

    private fun countSystemCalls(messages: Int): Measurement? {
        workload.prepare(messages)
        return SystemCalls.count { workload.run(messages) }
    }

    /** The messages a second of the last run. */
    private fun warmUp(): Double {
        val start = System.nanoTime()
        var messages = FIRST_MESSAGES
        var perSecond: Double
        do {
            workload.prepare(messages)
            val begin = System.nanoTime()
            val done = workload.run(messages)
            perSecond = done / ((System.nanoTime() - begin) / NANOS_PER_SECOND)
            // Many runs rather than a long one: loops are entered again once they are compiled.
            messages = (perSecond / RUNS_PER_SECOND).toInt().coerceIn(FIRST_MESSAGES, messages * GROWTH)
        } while (System.nanoTime() - start < plan.warmUp.inWholeNanoseconds)
        return perSecond
    }

    private fun measure(messages: Int): Map<Figure, Double> {
        workload.prepare(messages)
        System.gc()
        val start = Usage.begin(server)
        val done = workload.run(messages)
        return Usage.end(server).since(start, done) + workload.figures()
    }

    private companion object {
        const val NANOS_PER_SECOND = 1e9
        const val FIRST_MESSAGES = 200
        const val GROWTH = 20
        const val RUNS_PER_SECOND = 5

        /** Tracing makes a system call 20 times as long. */
        const val COUNTED_SHARE = 5
    }
}

/**
 * How long one client is measured.
 *
 * @property seconds about how long a measured run, a window, takes.
 * @property systemCalls whether to count them, in a last run.
 */
internal data class WorkerPlan(val warmUp: Duration, val seconds: Duration, val windows: Int, val systemCalls: Boolean)
