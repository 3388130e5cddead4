package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.options.split
import com.github.ajalt.clikt.parameters.types.choice
import com.github.ajalt.clikt.parameters.types.double
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.pool.PoolComparison
import dev.midge.nats.bench.pool.PoolPlan
import dev.midge.nats.bench.pool.PoolRun
import dev.midge.nats.bench.pool.PoolScenario
import dev.midge.nats.bench.pool.poolLines
import kotlin.time.Duration.Companion.seconds

/** `pool`: one connection and several. */
class PoolCommand : CliktCommand(name = "pool") {
    private val scenarios by option(help = "What to measure: ${PoolScenario.choices.keys.joinToString()}")
        .choice(PoolScenario.choices)
        .split(",")
        .default(PoolScenario.entries, defaultForHelp = "all")
    private val sizes by option(help = "Payload sizes in bytes").int().restrictTo(min = 0).split(",").default(listOf(16, 128, 1024))
    private val connections by option(help = "Sizes of the pools; the first is what the others are compared with")
        .int().restrictTo(min = 1).split(",").default(listOf(1, 2), defaultForHelp = "1,2")
    private val lanes by option(help = "Coroutines that publish, or subjects that are received; a multiple of --connections")
        .int().restrictTo(min = 1).default(4)
    private val work by option(help = "Steps of computing for each message in receive-work, about a nanosecond each")
        .int().restrictTo(min = 0).default(2_000)
    private val rounds by option(help = "Measured runs of each pool in each scenario and size").int().restrictTo(min = 1).default(5)
    private val warmUp by option("--warm-up", help = "Seconds of warm-up for each pool in each scenario and size").double().default(3.0)
    private val seconds by option(help = "About how long a measured run takes").double().default(1.2)
    private val messagesPerRun by option("--messages", help = "Messages in each run, instead of a number that follows from --seconds")
        .int().restrictTo(min = 1)
    private val server by option(help = "A running server; without it, a real one is started", metavar = "URL")
    private val tls by option("--tls", help = "Start a server that speaks TLS only; publish alone can be measured then").flag()

    override fun help(context: Context) =
        "Measures pools of Midge connections against one connection: same server, same JVM, turn and turn about."

    override fun run() {
        checkOptions()
        serverFor(server, tls).use { server ->
            val plan =
                PoolPlan(scenarios.distinct(), sizes, connections.distinct(), rounds, warmUp.seconds, seconds.seconds, messagesPerRun)
            val run = PoolRun(server.target, lanes, work)
            val outcomes = orUserError { PoolComparison(plan, run) { echo(it, err = true) }.run() }
            poolLines(outcomes).forEach { echo(it) }
        }
    }

    private fun checkOptions() {
        if (tls && server != null) throw UsageError("--tls starts a server of its own; leave out --server")
        if (tls && scenarios.distinct() != listOf(PoolScenario.Publish)) {
            throw UsageError("with --tls, --scenarios is publish: plain sockets send what is received")
        }
        val uneven = connections.firstOrNull { lanes % it != 0 }
        if (uneven != null) throw UsageError("--lanes is $lanes; it has to be a multiple of $uneven connections")
    }
}
