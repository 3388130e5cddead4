package dev.midge.nats.internal.transport

import java.io.File

/** How often the threads whose names begin with [prefix] have gone to sleep so far, as Linux counts; 0 elsewhere. */
fun sleepsOf(prefix: String): Long = File("/proc/self/task").listFiles().orEmpty().sumOf { task ->
    // A thread may end meanwhile.
    runCatching { if (File(task, "comm").readText().startsWith(prefix)) sleeps(task) else 0 }.getOrDefault(0)
}

private fun sleeps(task: File): Long =
    File(task, "status").readLines().single { it.startsWith("voluntary_ctxt") }.substringAfter(':').trim().toLong()
