package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.compare.median
import dev.midge.nats.bench.compare.percentile
import java.util.Locale
import kotlin.time.measureTime

/** `request`: one requester, and a responder on a connection of its own. */
class RequestCommand : CliktCommand(name = "request") {
    private val options by ClientOptions()
    private val inFlight by option(help = "Requests under way at any time").int().restrictTo(min = 1).default(1)
    private val noResponder by option("--no-responder", help = "Somebody else answers on the subject").flag()

    override fun help(context: Context) = "Sends requests, and says how long one takes, or how many a second are answered."

    override fun run() = orUserError {
        options.client.connect(options.server).use { requester ->
            options.client.connect(options.server).use { responder ->
                if (!noResponder) responder.echo(options.subject, options.size)
                echo(if (inFlight == 1) oneByOne(requester) else concurrently(requester))
            }
        }
    }

    private fun oneByOne(requester: BenchConnection): String {
        val nanos = LongArray(options.count).also { requester.requestOneByOne(options.subject, options.payload(), it) }
        val times = nanos.map { it / NANOS_PER_MICRO }
        return "%,d requests of %,d B, one at a time: median %.0f µs, 99 %% within %.0f µs, longest %.0f µs"
            .format(Locale.ROOT, options.count, options.size, times.median(), times.percentile(99), times.max())
    }

    private fun concurrently(requester: BenchConnection): String {
        val elapsed = measureTime { requester.requestConcurrently(options.subject, options.payload(), options.count, inFlight) }
        return throughputLine(options.count, options.size, elapsed) + ", $inFlight in flight"
    }

    private companion object {
        const val NANOS_PER_MICRO = 1_000.0
    }
}
