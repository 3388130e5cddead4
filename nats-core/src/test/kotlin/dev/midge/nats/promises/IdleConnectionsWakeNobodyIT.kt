package dev.midge.nats.promises

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.longs.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import java.io.File
import java.lang.management.BufferPoolMXBean
import java.lang.management.ManagementFactory
import kotlin.time.Duration.Companion.seconds

private const val CONNECTIONS = 1_000
private const val KIB = 1024

/** The Linux tasks of the threads that wait for sockets. */
private fun selectorTasks(): List<File> = File("/proc/self/task").listFiles().orEmpty()
    .filter { runCatching { File(it, "comm").readText() }.getOrDefault("").startsWith("midge-selector") }

/** How often they have gone to sleep so far. */
private fun sleeps(): Long = selectorTasks().sumOf { task ->
    File(task, "status").readLines().single { it.startsWith("voluntary_ctxt") }.substringAfter(':').trim().toLong()
}

private fun selectorThreads() = Thread.getAllStackTraces().keys.count { it.name.startsWith("midge-selector") }

/** Bytes in use on the heap, after garbage collection, and beside it. */
private fun memory(): Long {
    repeat(3) { System.gc() }
    val heap = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used
    return heap + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean::class.java).sumOf { it.memoryUsed }
}

class IdleConnectionsWakeNobodyIT :
    FunSpec({
        promise("idle connections share a few threads, wake nobody and hold little memory") {
            val server = server()
            connection(server.url).connect()
            val before = memory()
            repeat(CONNECTIONS / 50) {
                List(50) { async { connection(server.url).connect() } }.awaitAll()
            }
            val each = (memory() - before) / CONNECTIONS
            selectorThreads() shouldBeInRange 1..maxOf(3, Runtime.getRuntime().availableProcessors())
            // The server's first PING comes two seconds after a connection was made.
            delay(4.seconds)
            val sleptBefore = sleeps()
            delay(2.seconds)
            sleeps() shouldBe sleptBefore
            figure("IdleConnectionsWakeNobody: ${selectorThreads()} threads, ${each / KIB} KiB a connection")
            each shouldBeLessThanOrEqual 128L * KIB
        }
    })
