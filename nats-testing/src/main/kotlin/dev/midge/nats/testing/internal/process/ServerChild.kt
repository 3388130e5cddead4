package dev.midge.nats.testing.internal.process

import dev.midge.nats.testing.NatsServerBinary
import dev.midge.nats.testing.NatsServerProcessOptions
import dev.midge.nats.testing.NatsServerStartException
import dev.midge.nats.testing.internal.Deadline
import dev.midge.nats.testing.internal.runCommand
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/** One run of a server: the operating system's process and the ports that it listens on. */
internal class ServerChild private constructor(val process: Process, val ports: ServerPorts, private val directory: ServerDirectory) {
    /** Sends SIG[name]; to a process that has ended it sends nothing. */
    fun signal(name: String) {
        if (!process.isAlive) return
        val result = runCommand(listOf("kill", "-$name", process.pid().toString()), SIGNAL_TIMEOUT)
        // It may have ended since the look above; any other failure is worth knowing.
        check(result.succeeded || !process.isAlive) { "SIG$name was not sent to ${process.pid()}: ${result.output.trim()}" }
    }

    fun readLog(): String = directory.readLog()

    fun shutdown() {
        if (!process.isAlive) return
        // A stopped process would not see SIGTERM until somebody lets it go on.
        signal("CONT")
        process.destroy()
        if (!process.waitFor(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
    }

    companion object {
        private val SIGNAL_TIMEOUT = 5.seconds
        private const val SHUTDOWN_SECONDS = 5L
        private const val LOG_LINES_SHOWN = 30

        /** There is no argument for it, but a configuration can read the environment. */
        private const val WEBSOCKET_PORT = "WEBSOCKET_PORT"

        /** Starts a server on [ports], or on random ones if they are `null`, and waits until it accepts connections. */
        fun start(
            binary: NatsServerBinary,
            directory: ServerDirectory,
            options: NatsServerProcessOptions,
            clusterArguments: List<String>,
            ports: ServerPorts?,
        ): ServerChild {
            ServerPorts.clear(directory.portsFiles)
            val arguments = serverArguments(directory, options, ports) + clusterArguments + options.arguments
            val process = launch(listOf(binary.path.toString()) + arguments, directory, ports)
            LiveServers.add(process)
            var child: ServerChild? = null
            try {
                child = awaitReady(process, directory, Deadline.after(options.startTimeout.toKotlinDuration()))
                if (child != null) return child
                val ended = if (process.isAlive) "did not accept connections within ${options.startTimeout}" else "ended at once"
                val log = directory.readLog().lines().takeLast(LOG_LINES_SHOWN).joinToString("\n")
                throw NatsServerStartException("$binary $ended; its arguments were $arguments and its log ends with:\n$log")
            } finally {
                // Also when the waiting thread was interrupted: nobody else knows of the process.
                if (child == null) process.destroyForcibly().waitFor()
            }
        }

        private fun launch(command: List<String>, directory: ServerDirectory, ports: ServerPorts?): Process = try {
            ProcessBuilder(command)
                .apply { environment()[WEBSOCKET_PORT] = (ports?.websocket?.port ?: -1).toString() }
                .redirectErrorStream(true)
                // A file and not a pipe: nobody has to read it for the server to go on.
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log.toFile()))
                .start()
        } catch (e: IOException) {
            throw NatsServerStartException("${command.first()} could not be executed: ${e.message}", e)
        }

        private fun serverArguments(directory: ServerDirectory, options: NatsServerProcessOptions, ports: ServerPorts?): List<String> =
            buildList {
                addAll(listOf("--addr", "127.0.0.1", "--ports_file_dir", directory.portsFiles.toString()))
                addAll(listOf("--port", (ports?.client ?: options.port.takeIf { it != 0 } ?: -1).toString()))
                addAll(listOf("--http_port", (ports?.monitoring ?: -1).toString()))
                if (options.jetStream) addAll(listOf("--jetstream", "--store_dir", directory.store.toString()))
                configuration(directory, options)?.let { addAll(listOf("--config", it.toString())) }
            }

        private fun configuration(directory: ServerDirectory, options: NatsServerProcessOptions): Path? {
            val text = options.config ?: return options.configFile
            // Not at a restart: the file may have been reloaded with another text.
            if (!directory.config.toFile().exists()) directory.config.writeText(text)
            return directory.config
        }

        private fun awaitReady(process: Process, directory: ServerDirectory, deadline: Deadline): ServerChild? = deadline.poll {
            if (!process.isAlive) return null
            ServerPorts.read(directory.portsFiles)?.takeIf { accepts(it.client) }?.let { ServerChild(process, it, directory) }
        }

        private fun accepts(port: Int): Boolean = try {
            Socket(InetAddress.getLoopbackAddress(), port).close()
            true
        } catch (_: IOException) {
            false
        }
    }
}
