package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import dev.midge.nats.bench.client.receive
import kotlin.time.Duration.Companion.nanoseconds

/** `sub`: one subscriber, that waits for another program to publish. */
class SubCommand : CliktCommand(name = "sub") {
    private val options by ClientOptions()

    override fun help(context: Context) = "Waits for messages, and says how fast they came from the first to the last."

    override fun run() = orUserError {
        options.client.connect(options.server).use { connection ->
            val reception = connection.receive(options.subject, options.size, options.count)
            echo("subscribed to ${options.subject}, waiting for ${options.count} messages", err = true)
            reception.awaitPatiently()
            echo(throughputLine(options.count, options.size, (reception.lastNanos - reception.firstNanos).nanoseconds))
        }
    }
}
