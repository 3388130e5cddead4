package dev.midge.nats.promises

import dev.midge.nats.internal.transport.sleepsOf
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.longs.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import java.lang.management.BufferPoolMXBean
import java.lang.management.ManagementFactory
import kotlin.time.Duration.Companion.seconds

private const val CONNECTIONS = 1_000
private const val KIB = 1024

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
            val sleptBefore = sleepsOf("midge-selector")
            delay(2.seconds)
            sleepsOf("midge-selector") shouldBe sleptBefore
            figure("IdleConnectionsWakeNobody: ${selectorThreads()} threads, ${each / KIB} KiB a connection")
            each shouldBeLessThanOrEqual 128L * KIB
        }
    })
