package dev.midge.nats.compat

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsException
import dev.midge.nats.use
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlin.system.exitProcess
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private const val DEFAULT_SERVER = "nats://localhost:4222"

/** With [RETRY_WAIT], at least 5 s: a server that restarts is back by then, and one that is not has ended the tests. */
private const val RETRIES = 20
private val RETRY_WAIT = 250.milliseconds

/** The first connect is among the first things that the JVM does, beside other programs that begin. */
private val CONNECT_TIMEOUT = 30.seconds

/**
 * Answers the commands of the compatibility tests of NATS clients at the server `NATS_URL`, by default [DEFAULT_SERVER]. Ends with status 0
 * when the orchestrator says that the tests are done and all have passed.
 */
fun main() {
    val servers = System.getenv("NATS_URL").orEmpty().ifBlank { DEFAULT_SERVER }
    val hasPassed = runBlocking(Dispatchers.Default) { respond(servers) }
    exitProcess(if (hasPassed) 0 else 1)
}

private suspend fun respond(servers: String): Boolean {
    val nats = NatsConnection(servers) {
        timeouts { connect = CONNECT_TIMEOUT }
        reconnect {
            wait = RETRY_WAIT
            maxReconnects = RETRIES
        }
    }
    return try {
        nats.use { Responder(it).run() }
    } catch (e: NatsException) {
        say("lost: $e")
        false
    }
}

/** Prints [line] at once: who reads it may wait for it. */
internal fun say(line: String) {
    println(line)
    System.out.flush()
}
