package dev.midge.nats.promises

import kotlinx.coroutines.channels.Channel
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.time.Duration

/** A JVM of its own, for what would harm this one, or depends on how it was started. */
class ChildJvm(mainClass: String, jvmArguments: List<String>, arguments: List<String>) : AutoCloseable {
    private val process: Process = ProcessBuilder(
        listOf(ProcessHandle.current().info().command().orElse("java")) +
            jvmArguments + listOf("-cp", System.getProperty("java.class.path"), mainClass) + arguments,
    ).redirectErrorStream(true).start()

    private val output = Channel<String>(Channel.UNLIMITED)
    private val seen = StringBuffer()

    init {
        thread(isDaemon = true, name = "output of ${process.pid()}") {
            process.inputReader().forEachLine {
                seen.appendLine(it)
                output.trySend(it)
            }
            output.close()
        }
    }

    fun say(line: String) {
        process.outputWriter().run {
            write(line)
            newLine()
            flush()
        }
    }

    /** What follows [start] in the next line that begins with it. */
    suspend fun line(start: String): String {
        while (true) {
            val line = output.receiveCatching().getOrNull() ?: error("the JVM ended without '$start'; it said:\n$seen")
            if (line.startsWith(start)) return line.removePrefix(start).trim()
        }
    }

    /** Its exit code, or `null` if it does not end within [timeout]. */
    fun awaitExit(timeout: Duration): Int? =
        if (process.waitFor(timeout.inWholeMilliseconds, TimeUnit.MILLISECONDS)) process.exitValue() else null

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}
