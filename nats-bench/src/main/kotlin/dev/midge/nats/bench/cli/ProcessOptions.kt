package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.required
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.long
import dev.midge.nats.bench.alone.WorkerPlan
import kotlin.time.Duration.Companion.seconds

/** The options of all processes that measure one client; `processArguments` sets them. */
internal class ProcessOptions : OptionGroup() {
    val size by option().int().required()
    val server by option().required()
    private val serverPid by option().long().required()
    private val warmUp by option().double().required()
    private val seconds by option().double().required()
    private val windows by option().int().required()
    private val systemCalls by option().flag()

    val serverProcess: ProcessHandle?
        get() = ProcessHandle.of(serverPid).orElse(null)

    val plan: WorkerPlan
        get() = WorkerPlan(warmUp.seconds, seconds.seconds, windows, systemCalls)
}
