package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.Target
import java.lang.management.BufferPoolMXBean
import java.lang.management.ManagementFactory
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines
import kotlin.time.DurationUnit

/**
 * Opens many connections and leaves them alone: what do they hold, and how often do they wake the machine?
 *
 * All figures are what came with the connections: those of the JVM without them are taken off. Wake-ups are the voluntary context switches
 * of all threads, as Linux counts them in `/proc`; elsewhere there are none.
 */
internal class IdleWorker(private val client: BenchClient, private val target: Target, private val plan: WorkerPlan) : AloneWorker {
    private val connections = ArrayList<AutoCloseable>(CONNECTIONS)

    override fun run(told: (Measurement) -> Unit) {
        // The first loads the client's classes.
        connections += client.connect(target)
        val before = Standing.now(plan)
        repeat(CONNECTIONS) { connections += client.connect(target) }
        Thread.sleep(SETTLE_MILLIS)
        repeat(plan.windows) { told(Measurement.of(Standing.now(plan).since(before))) }
    }

    override fun close() = connections.forEach(AutoCloseable::close)

    /** What the JVM holds, and what it does in a while. */
    private class Standing(val bytes: Long, val threads: Int, val wakeUpsPerSecond: Double?, val cpuShare: Double) {
        fun since(start: Standing): Map<Figure, Double> = buildMap {
            put(Figure.Memory, (bytes - start.bytes) / KIBIBYTE / CONNECTIONS)
            put(Figure.Threads, (threads - start.threads).toDouble())
            if (wakeUpsPerSecond != null && start.wakeUpsPerSecond != null) {
                put(Figure.WakeUps, (wakeUpsPerSecond - start.wakeUpsPerSecond).coerceAtLeast(0.0))
            }
            put(Figure.IdleCpu, ((cpuShare - start.cpuShare) * PER_CENT).coerceAtLeast(0.0))
        }

        companion object {
            fun now(plan: WorkerPlan): Standing {
                repeat(2) { System.gc() }
                Thread.sleep(SETTLE_MILLIS)
                val seconds = plan.seconds.toDouble(DurationUnit.SECONDS)
                val switches = voluntarySwitches()
                val cpu = system.processCpuTime
                Thread.sleep(plan.seconds.inWholeMilliseconds)
                val used = (system.processCpuTime - cpu) / NANOS_PER_SECOND / seconds
                val wakeUps = switches?.let { (checkNotNull(voluntarySwitches()) - it) / seconds }
                return Standing(heldBytes(), threads.threadCount, wakeUps, used)
            }

            private val system = ManagementFactory.getOperatingSystemMXBean() as com.sun.management.OperatingSystemMXBean
            private val threads = ManagementFactory.getThreadMXBean()

            /** On the heap and in direct buffers. */
            private fun heldBytes(): Long = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used +
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean::class.java).filter { it.name == "direct" }.sumOf { it.memoryUsed }

            private fun voluntarySwitches(): Long? {
                val tasks = Path.of("/proc/self/task").takeIf { it.exists() } ?: return null
                return tasks.listDirectoryEntries().sumOf { task ->
                    // A thread may end meanwhile.
                    runCatching { task.resolve("status").readLines() }.getOrDefault(emptyList())
                        .firstOrNull { it.startsWith("voluntary_ctxt_switches") }
                        ?.substringAfter(':')?.trim()?.toLong() ?: 0L
                }
            }
        }
    }

    private companion object {
        const val CONNECTIONS = 1_000
        const val KIBIBYTE = 1_024.0
        const val NANOS_PER_SECOND = 1e9
        const val PER_CENT = 100
        const val SETTLE_MILLIS = 1_000L
    }
}
