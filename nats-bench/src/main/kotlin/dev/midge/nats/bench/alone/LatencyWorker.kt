package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.BenchConnection
import org.HdrHistogram.ConcurrentHistogram
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport
import kotlin.time.DurationUnit

/**
 * Sends requests at a fixed rate, however long the replies take, and says how long that was from the moment at which each was to be sent.
 *
 * So a client that stops for a moment is charged for all that should have been sent meanwhile. What the thread that keeps time is late is
 * charged to all clients alike; `raw` shows how much that is.
 */
internal class LatencyWorker(
    private val connection: BenchConnection,
    private val payload: ByteArray,
    private val perSecond: Int,
    private val server: ProcessHandle?,
    private val plan: WorkerPlan,
) : AloneWorker {
    private val histogram = ConcurrentHistogram(LONGEST_NANOS, DIGITS)

    override fun run(told: (Measurement) -> Unit) {
        warmUp()
        val requests = (plan.seconds.toDouble(DurationUnit.SECONDS) * perSecond).toInt().coerceAtLeast(1)
        repeat(plan.windows) {
            System.gc()
            histogram.reset()
            val start = Usage.begin(server)
            send(requests)
            told(Measurement.of(Usage.end(server).since(start, requests) + histogram.percentiles()))
        }
    }

    override fun close() = connection.close()

    /** As many requests as it takes to compile them, and then some at the rate that is measured. */
    private fun warmUp() {
        val start = System.nanoTime()
        while (System.nanoTime() - start < plan.warmUp.inWholeNanoseconds) {
            connection.requestConcurrently(SUBJECT, payload, WARM_UP_REQUESTS, inFlight = 1)
        }
        send((perSecond * plan.warmUp.toDouble(DurationUnit.SECONDS) / 4).toInt().coerceAtLeast(1))
    }

    private fun send(requests: Int) {
        val period = TimeUnit.SECONDS.toNanos(1) / perSecond
        val answered = Semaphore(0)
        val start = System.nanoTime()
        repeat(requests) { number ->
            val intended = start + number * period
            while (System.nanoTime() < intended) LockSupport.parkNanos(intended - System.nanoTime())
            connection.requestAsync(SUBJECT, payload) {
                histogram.recordValue((System.nanoTime() - intended).coerceIn(0, LONGEST_NANOS))
                answered.release()
            }
        }
        check(answered.tryAcquire(requests, STALL_SECONDS, TimeUnit.SECONDS)) { "requests were not answered within $STALL_SECONDS s" }
    }

    private companion object {
        const val LONGEST_NANOS = 60_000_000_000
        const val DIGITS = 3
        const val WARM_UP_REQUESTS = 2_000
        const val STALL_SECONDS = 30L
    }
}
