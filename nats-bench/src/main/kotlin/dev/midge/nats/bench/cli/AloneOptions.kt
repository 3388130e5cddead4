package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.multiple
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.path
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.alone.Build
import dev.midge.nats.bench.alone.ClientReport
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Contestant
import dev.midge.nats.bench.alone.Jdk
import dev.midge.nats.bench.alone.SystemCalls
import dev.midge.nats.bench.alone.WorkerPlan
import dev.midge.nats.bench.report.Machine
import dev.midge.nats.bench.report.builtInVersions
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.seconds

/** The options of the commands that measure each client alone in a fresh process. */
internal class AloneOptions(usualSizes: List<Int>) : OptionGroup() {
    val sizes by option(help = "Payload sizes in bytes").int().restrictTo(min = 0).split(",").default(usualSizes)
    val rounds by option(help = "Processes of each client in each scenario and size").int().restrictTo(min = 1).default(5)
    val javaOptions by option("--java-option", help = "An option of the clients' JVMs, may be given again").multiple()

    private val warmUp by option("--warm-up", help = "Seconds of warm-up in each process").double().default(3.0)
    private val seconds by option(help = "About how long a measured run takes").double().default(1.0)
    private val windows by option(help = "Measured runs in each process").int().restrictTo(min = 1).default(3)
    private val jdks by option("--jdk", help = "A JDK that runs clients, may be given again; else the one that runs this", metavar = "HOME")
        .path(mustExist = true, canBeFile = false)
        .multiple()
    private val builds by option(
        "--midge",
        help = "Another build of Midge to compare with, as NAME=CLASSPATH (before=/old/nats-core/target/classes); may be given again",
    ).convert { build(it) }.multiple()
    private val systemCalls by option("--system-calls", help = "Count system calls, in a run of their own under strace").flag()
    private val json by option(help = "Where to write the results as JSON", metavar = "FILE").path(canBeDir = false)

    val worker: WorkerPlan
        get() = WorkerPlan(warmUp.seconds, seconds.seconds, windows, systemCalls)

    /** Before anything is measured: refuses what cannot be. */
    fun check() {
        if (systemCalls && !SystemCalls.isInstalled) throw UsageError("--system-calls needs strace: install it")
    }

    /** [client], which is a Java program, by each JDK and, if it is Midge, in each build. */
    fun contestants(client: String): List<Contestant> {
        val machines = jdks.map(Jdk::at).ifEmpty { listOf(Jdk.own()) }
        val ofClient = if (client.startsWith("midge")) listOf(null) + builds else listOf(null)
        return ofClient.flatMap { build -> machines.map { Contestant(client, it, build) } }
    }

    /** Writes [results] where `--json` says. */
    fun write(results: List<ClientResult>, versions: Map<String, String> = emptyMap()) {
        json?.writeText(ClientReport(results, Machine.here(), builtInVersions() + versions).toJson())
    }

    private fun build(text: String): Build {
        if ('=' !in text) throw UsageError("--midge is NAME=CLASSPATH, not $text")
        return Build(name = text.substringBefore('='), classPath = text.substringAfter('='))
    }
}
