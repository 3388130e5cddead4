package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.core.CliktCommand
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.path
import dev.midge.nats.bench.nullserver.NullServers
import dev.midge.nats.bench.nullserver.Transport

/** `null-server`: what `client` measures against. */
class NullServerCommand : CliktCommand(name = "null-server") {
    override fun help(context: Context) =
        "Serves until its input ends. Two servers: one discards what is published, one answers requests and sends messages when told to."

    private val keyStore by option("--key-store", help = "A PKCS12 file of nats-bench; without it, there is no TLS", metavar = "FILE")
        .path(mustExist = true, canBeDir = false)

    override fun run() {
        val transports = Transport.entries.filter { it != Transport.Tls || keyStore != null }
        NullServers(transports, keyStore?.let(BenchCertificate::serverContext)).use { servers ->
            servers.addresses.forEach { echo(it) }
            // Whoever started this may be killed: then its end of the pipe is closed, and nothing stays behind.
            System.`in`.readAllBytes()
        }
    }
}
