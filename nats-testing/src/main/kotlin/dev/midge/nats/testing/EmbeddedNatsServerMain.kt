package dev.midge.nats.testing

import com.github.ajalt.clikt.core.context
import com.github.ajalt.clikt.core.main
import dev.midge.nats.testing.internal.cli.EmbeddedServerCommand
import kotlin.system.exitProcess as endProgram

/**
 * An [EmbeddedNatsServer] as a program, with the options of `nats-server` that it knows: `--port`, `--addr`, `--user`, `--pass` and
 * `--auth`, and with `--max_payload`, which that one has in its configuration. It prints `Listening for client connections on host:port` when it is ready, and runs until it is told to end (SIGTERM or
 * Ctrl-C). If it cannot start, it says why on the error output and ends with status 1. Needs the optional dependency `com.github.ajalt.clikt:clikt-core-jvm`.
 */
public object EmbeddedNatsServerMain {
    /** Runs the program with the command line [arguments]; returns when the server was closed. */
    @JvmStatic
    public fun main(arguments: Array<String>) {
        // A program without a logging library is no reason for a warning on its console.
        System.setProperty("slf4j.internal.verbosity", System.getProperty("slf4j.internal.verbosity", "ERROR"))
        EmbeddedServerCommand()
            // The core artifact of clikt leaves it to the program to end with the status of an error, and to write errors where they belong.
            .context {
                exitProcess = { status -> endProgram(status) }
                echoMessage = { _, message, lineEnd, isError ->
                    val stream = if (isError) System.err else System.out
                    if (lineEnd) stream.println(message) else stream.print(message)
                }
            }
            .main(arguments)
    }
}
