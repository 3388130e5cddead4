package dev.midge.nats.testing.internal.cli

import com.github.ajalt.clikt.core.CliktError
import com.github.ajalt.clikt.core.CoreCliktCommand
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.int
import dev.midge.nats.testing.EmbeddedNatsServer
import dev.midge.nats.testing.EmbeddedNatsServerOptions
import java.io.IOException

/** The command line of the embedded server; its options have the names that `nats-server` gives them. */
internal class EmbeddedServerCommand : CoreCliktCommand("embedded-nats-server") {
    private val port by option("-p", "--port", help = "Port to listen on; 0 for a random one").int().default(DEFAULT_PORT)
    private val address by option("-a", "--addr", help = "Address to listen on").default("127.0.0.1")
    private val user by option("--user", help = "User that clients have to present")
    private val password by option("--pass", help = "Password of the user, or its bcrypt hash")
    private val token by option("--auth", help = "Token that clients have to present, or its bcrypt hash")
    private val maxPayload by option("--max_payload", help = "Longest payload in bytes; 1048576 by default").int()

    override fun run() {
        val options = options()
        val server =
            try {
                EmbeddedNatsServer.start(options)
            } catch (e: IOException) {
                // Not an error of usage: the command line is as it should be.
                throw CliktError("Error: ${e.message}", statusCode = 1)
            }
        // SIGTERM and Ctrl-C run the hooks: clients see an orderly end.
        Runtime.getRuntime().addShutdownHook(Thread(server::close))
        echo("Listening for client connections on ${server.options.host}:${server.port}")
        server.awaitClosed()
    }

    private fun options(): EmbeddedNatsServerOptions {
        if ((user == null) != (password == null)) throw UsageError("--user and --pass go together.")
        val builder = EmbeddedNatsServerOptions.builder().port(port).host(address)
        user?.let { builder.user(it, password.orEmpty()) }
        token?.let { builder.token(it) }
        maxPayload?.let { builder.maxPayload(it) }
        return try {
            builder.build()
        } catch (e: IllegalArgumentException) {
            throw UsageError(e.message.orEmpty())
        }
    }

    private companion object {
        const val DEFAULT_PORT = 4222
    }
}
