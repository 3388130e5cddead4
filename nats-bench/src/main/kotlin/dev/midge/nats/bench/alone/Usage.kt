package dev.midge.nats.bench.alone

import com.sun.management.OperatingSystemMXBean
import com.sun.management.ThreadMXBean
import java.lang.management.ManagementFactory

/** What this process, and the server's, have used up to a moment. */
internal class Usage private constructor(
    private val nanos: Long,
    private val cpuNanos: Long,
    private val allocatedBytes: Long,
    private val serverNanos: Long,
) {
    /** The figures of [messages] messages between [start] and this. */
    fun since(start: Usage, messages: Int): Map<Figure, Double> {
        val elapsed = (nanos - start.nanos).toDouble()
        return buildMap {
            put(Figure.Rate, messages / elapsed * NANOS_PER_SECOND)
            put(Figure.Cpu, (cpuNanos - start.cpuNanos).toDouble() / messages)
            put(Figure.Allocated, (allocatedBytes - start.allocatedBytes).toDouble() / messages)
            if (serverNanos > 0) put(Figure.Server, (serverNanos - start.serverNanos) / elapsed)
        }
    }

    companion object {
        private const val NANOS_PER_SECOND = 1e9
        private val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
        private val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean

        /** Counts threads that have ended too; a JVM before 21 has only the sum over those that live. */
        private val total = runCatching { ThreadMXBean::class.java.getMethod("getTotalThreadAllocatedBytes") }.getOrNull()

        /** At the beginning: what reading the server's usage costs is not counted. */
        fun begin(server: ProcessHandle?): Usage {
            val ofServer = server.cpuNanos()
            val allocated = allocatedBytes()
            return Usage(cpuNanos = system.processCpuTime, allocatedBytes = allocated, serverNanos = ofServer, nanos = System.nanoTime())
        }

        /** At the end, the other way round. */
        fun end(server: ProcessHandle?): Usage {
            val nanos = System.nanoTime()
            val cpu = system.processCpuTime
            val allocated = allocatedBytes()
            return Usage(nanos, cpu, allocated, server.cpuNanos())
        }

        private fun allocatedBytes(): Long =
            total?.invoke(threads) as Long? ?: threads.getThreadAllocatedBytes(threads.allThreadIds).filter { it > 0 }.sum()

        private fun ProcessHandle?.cpuNanos(): Long = this?.info()?.totalCpuDuration()?.map { it.toNanos() }?.orElse(0) ?: 0
    }
}
