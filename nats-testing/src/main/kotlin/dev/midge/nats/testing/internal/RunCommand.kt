package dev.midge.nats.testing.internal

import java.io.IOException
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.time.Duration

/**
 * Runs [command] to its end.
 *
 * @throws IOException if it cannot be started or is not done within [timeout].
 */
internal fun runCommand(command: List<String>, timeout: Duration, directory: Path? = null): CommandResult {
    val builder = ProcessBuilder(command).directory(directory?.toFile()).redirectErrorStream(true)
    // Messages are compared and shown: they should not change with the machine's language.
    builder.environment()["LC_ALL"] = "C"
    val process = builder.start()
    process.outputStream.close()
    // Reading to the end blocks for as long as the program lives, so the time limit needs its own thread.
    val watchdog =
        Thread {
            if (!process.waitFor(timeout.inWholeMilliseconds, TimeUnit.MILLISECONDS)) process.destroyForcibly()
        }.apply {
            isDaemon = true
            start()
        }
    val output = process.inputStream.bufferedReader().readText()
    val exitCode = process.waitFor()
    watchdog.join()
    if (exitCode == KILLED) throw IOException("${command.first()} was not done within $timeout: $output")
    return CommandResult(exitCode, output)
}

/** The exit code that the JVM reports for a child that SIGKILL ended: 128 + 9. */
private const val KILLED = 137
