package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.context
import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import org.openjdk.jmh.Main

/** `jmh`: the micro-benchmarks; every argument goes to JMH as it is. */
class JmhCommand : CliktCommand(name = "jmh") {
    private val arguments by argument(help = "What JMH takes, such as ProtocolEncoder -f 1; -h lists it all").multiple()

    init {
        context { helpOptionNames = emptySet() }
    }

    override val treatUnknownOptionsAsArgs = true

    override fun help(context: Context) =
        "Runs the JMH micro-benchmarks, by default with -prof gc: what an operation allocates matters as much as its time."

    override fun run() = Main.main(withProfiler(arguments).toTypedArray())

    private fun withProfiler(arguments: List<String>): List<String> = if ("-prof" in
        arguments
    ) {
        arguments
    } else {
        arguments + listOf("-prof", "gc")
    }
}
