package dev.midge.nats.bench

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.NoOpCliktCommand
import com.github.ajalt.clikt.core.main
import com.github.ajalt.clikt.core.subcommands
import dev.midge.nats.bench.cli.ClientCommand
import dev.midge.nats.bench.cli.ClientProcessCommand
import dev.midge.nats.bench.cli.CompareCommand
import dev.midge.nats.bench.cli.JetStreamCommand
import dev.midge.nats.bench.cli.JetStreamProcessCommand
import dev.midge.nats.bench.cli.JmhCommand
import dev.midge.nats.bench.cli.NullServerCommand
import dev.midge.nats.bench.cli.PoolCommand
import dev.midge.nats.bench.cli.PubCommand
import dev.midge.nats.bench.cli.ReportCommand
import dev.midge.nats.bench.cli.RequestCommand
import dev.midge.nats.bench.cli.StoresCommand
import dev.midge.nats.bench.cli.StoresProcessCommand
import dev.midge.nats.bench.cli.SubCommand
import dev.midge.nats.bench.cli.TypedCommand

/** The program: all its sub-commands. */
fun natsBench(): CliktCommand = NatsBench().subcommands(
    ClientCommand(),
    CompareCommand(),
    JetStreamCommand(),
    StoresCommand(),
    PoolCommand(),
    TypedCommand(),
    PubCommand(),
    SubCommand(),
    RequestCommand(),
    JmhCommand(),
    ReportCommand(),
    NullServerCommand(),
    ClientProcessCommand(),
    JetStreamProcessCommand(),
    StoresProcessCommand(),
)

private class NatsBench : NoOpCliktCommand(name = "nats-bench") {
    override fun help(context: Context) = "Measures Midge, alone and against other NATS clients."
}

fun main(args: Array<String>) = natsBench().main(args)
