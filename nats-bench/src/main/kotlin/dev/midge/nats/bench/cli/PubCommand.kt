package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import dev.midge.nats.bench.client.publish
import kotlin.time.measureTime

/** `pub`: one publisher. */
class PubCommand : CliktCommand(name = "pub") {
    private val options by ClientOptions()

    override fun help(context: Context) = "Publishes messages as fast as it can, flushes, and says how fast that was."

    override fun run() = orUserError {
        options.client.connect(options.server).use { connection ->
            val elapsed = measureTime { connection.publish(options.subject, options.payload(), options.count) }
            echo(throughputLine(options.count, options.size, elapsed))
        }
    }
}
