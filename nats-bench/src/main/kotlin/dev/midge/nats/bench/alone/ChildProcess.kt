package dev.midge.nats.bench.alone

import dev.midge.nats.bench.nullserver.NullServerAddress
import dev.midge.nats.bench.nullserver.NullServerMode
import dev.midge.nats.bench.nullserver.Transport
import java.io.File
import java.nio.file.Path

/** The command of a process that runs this program again, on its own class path. */
internal fun javaCommand(jdk: Jdk, options: List<String>, build: Build?, arguments: List<String>): List<String> {
    val classPath = listOfNotNull(build?.classPath, System.getProperty("java.class.path")).joinToString(File.pathSeparator)
    return listOf("${jdk.java}") + options + listOf("-cp", classPath, MAIN_CLASS) + arguments
}

private const val MAIN_CLASS = "dev.midge.nats.bench.MainKt"

/** The null server as a process of its own, which ends with this one. */
internal class NullServerProcess(keyStore: Path) : AutoCloseable {
    private val process = ProcessBuilder(javaCommand(Jdk.own(), OPTIONS, build = null, listOf("null-server", "--key-store", "$keyStore")))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()

    val pid: Long = process.pid()

    val addresses: List<NullServerAddress> = process.inputStream.bufferedReader().let { output ->
        List(Transport.entries.size * NullServerMode.entries.size) {
            NullServerAddress.parse(checkNotNull(output.readLine()) { "the null server did not start" })
        }
    }

    override fun close() {
        process.destroy()
        process.waitFor()
    }

    private companion object {
        /** It makes no garbage: what a collector's threads cost would only be in the way. */
        val OPTIONS = listOf("-XX:+UseSerialGC", "-Xmx256m", "-XX:MaxDirectMemorySize=1g")
    }
}

/** Runs [command] to its end and returns what it measured, line by line. */
internal fun measurements(command: List<String>): List<Measurement> {
    val process = ProcessBuilder(command).redirectErrorStream(true).start()
    process.outputStream.close()
    val lines = process.inputStream.bufferedReader().readLines()
    val measured = lines.mapNotNull(Measurement::parse)
    check(process.waitFor() == 0 && measured.isNotEmpty()) {
        lines.filter { Measurement.parse(it) == null }.joinToString(" / ").take(MOST_TEXT)
    }
    return measured
}

/** A stack trace says what it has to say in its first lines. */
private const val MOST_TEXT = 500
