package dev.midge.nats.bench.alone

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.deleteIfExists
import kotlin.io.path.readLines

/** Counts the system calls of this process, by `strace` where that is installed and allowed. */
internal object SystemCalls {
    /** Whether `strace` can be started. */
    val isInstalled: Boolean by lazy {
        try {
            ProcessBuilder("strace", "-V").redirectErrorStream(true).start().apply { inputStream.readAllBytes() }.waitFor() == 0
        } catch (_: IOException) {
            false
        }
    }

    /** The calls while [work] does as many messages as it returns; `null` if they cannot be counted here. */
    fun count(work: () -> Int): Measurement? {
        if (!isInstalled) return null
        val table = Files.createTempFile("nats-bench", ".strace")
        try {
            val tracer = attach(table) ?: return null
            val messages = work()
            // Interrupted, it lets go and writes its table.
            ProcessBuilder("kill", "-INT", "${tracer.pid()}").start().waitFor()
            tracer.inputStream.readAllBytes()
            tracer.waitFor()
            return measurement(table.readLines(), messages)
        } finally {
            table.deleteIfExists()
        }
    }

    /** Returns when it traces all threads: it says so on its error stream. */
    private fun attach(table: Path): Process? {
        val self = "${ProcessHandle.current().pid()}"
        val tracer = ProcessBuilder("strace", "-c", "-f", "-o", "$table", "-p", self).redirectErrorStream(true).start()
        val attached = tracer.inputStream.bufferedReader().readLine()?.contains("attached") == true
        return tracer.takeIf { attached }
    }

    /** Lines such as `12.34 0.001234 10 123 4 write`: the calls are the fourth word, the name is the last. */
    internal fun measurement(lines: List<String>, messages: Int): Measurement? {
        val rows = lines.map { it.trim().split(Regex("\\s+")) }.filter { it.size >= WORDS && it[CALLS].toLongOrNull() != null }
        val perThousand = rows.associate { it.last() to it[CALLS].toLong() * THOUSAND / messages } - "total"
        if (perThousand.isEmpty()) return null
        val all = perThousand.values.sum()
        val most = perThousand.entries.sortedByDescending { it.value }.take(MOST)
        return Measurement(mapOf(Figure.SystemCalls.id to all), most.associate { it.key to it.value })
    }

    private const val WORDS = 5
    private const val CALLS = 3
    private const val THOUSAND = 1_000.0
    private const val MOST = 4
}
