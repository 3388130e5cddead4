package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.CliktError
import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.convert
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.NatsException
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.compare.toSeconds
import java.io.IOException
import java.util.Locale
import kotlin.time.Duration

/** The options of the commands that use one client. */
class ClientOptions : OptionGroup() {
    val client by option(help = "One of ${BenchClients.names.joinToString()}")
        .convert { BenchClients.named(it) }
        .default(BenchClients.named("midge"), defaultForHelp = "midge")
    val server by option(help = "The server", metavar = "URL").convert { Target(it) }.default(Target(DEFAULT_SERVER), DEFAULT_SERVER)
    val subject by option(help = "The subject").default("bench")
    val size by option(help = "Payload size in bytes").int().restrictTo(min = 0).default(128)
    val count by option(help = "Number of messages").int().restrictTo(min = 1).default(1_000_000)

    fun payload(): ByteArray = ByteArray(size) { 'x'.code.toByte() }

    private companion object {
        const val DEFAULT_SERVER = "nats://localhost:4222"
    }
}

/** `1,000,000 messages of 128 B in 0.25 s: 4,000,000 msg/s, 488.3 MiB/s` */
internal fun throughputLine(messages: Int, size: Int, elapsed: Duration): String {
    val perSecond = messages / elapsed.toSeconds()
    return "%,d messages of %,d B in %.2f s: %,.0f msg/s, %.1f MiB/s"
        .format(Locale.ROOT, messages, size, elapsed.toSeconds(), perSecond, perSecond * size / MEBIBYTE)
}

private const val MEBIBYTE = 1024.0 * 1024

/** Runs [block]; what goes wrong with server and network becomes one line instead of a stack trace. */
internal fun <T> CliktCommand.orUserError(block: () -> T): T = try {
    block()
} catch (e: IOException) {
    throw CliktError("$commandName: ${e.message ?: e}", e)
} catch (e: NatsException) {
    throw CliktError("$commandName: ${e.message}", e)
} catch (e: IllegalStateException) {
    throw CliktError("$commandName: ${e.message}", e)
}
