package dev.midge.nats.services

import dev.midge.nats.NatsException
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.services.internal.Tracing
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Who would get a message, as the servers on its way have said it: a tree of them (ADR-41). Immutable. */
public class PathTrace internal constructor(
    /** The subject that was asked about. */
    @get:JvmName("subject") public val subject: Subject,
    /** The server that the client is connected to. */
    @get:JvmName("root") public val root: TracedServer,
    /** Whether every server has answered that one before it has named. Those of accounts that allow no tracing never do, nor do old ones. */
    @get:JvmName("isComplete") public val isComplete: Boolean,
) {
    /** All servers, each before those that get the message from it. */
    @get:JvmName("servers")
    public val servers: List<TracedServer>
        get() = root.andNext()

    /** The clients that would get the message, on all servers. One of a queue group stands for it. */
    @get:JvmName("receivers")
    public val receivers: List<TraceEvent>
        get() = events { it.type == TraceEvent.Type.EGRESS && it.kind == TraceEvent.Kind.CLIENT && it.error == null }

    /** The streams that would store the message. */
    @get:JvmName("streams")
    public val streams: List<String>
        get() = events { it.type == TraceEvent.Type.JETSTREAM && it.error == null }.mapNotNull { it.stream }

    private fun events(isMeant: (TraceEvent) -> Boolean) = servers.flatMap { it.events }.filter(isMeant)

    private fun TracedServer.andNext(): List<TracedServer> = listOf(this) + next.flatMap { it.andNext() }

    /** The tree, a line for each server and each of its events. */
    override fun toString(): String = buildString {
        appendLine(if (isComplete) "$subject" else "$subject (not all servers have answered)")
        write(root, "  ")
    }.trimEnd()

    private fun StringBuilder.write(server: TracedServer, indent: String) {
        appendLine("$indent${server.name} (${server.version})")
        for (event in server.events) {
            val who = listOfNotNull(event.kind.takeIf { it != TraceEvent.Kind.OTHER }?.name, event.name.ifEmpty { null }, event.stream)
            val what = listOfNotNull(event.subject.ifEmpty { null }, event.queueGroup?.let { "queue group $it" }, event.error)
            appendLine("$indent  " + (listOf(event.type) + who + what).joinToString(" "))
        }
        server.next.forEach { write(it, "$indent    ") }
    }
}

/** The server is too old to trace messages (ADR-41), or its version is not known. Nothing was sent. */
public class PathTraceNotSupportedException internal constructor(
    /** The version of the server in use. */
    @get:JvmName("version") public val version: String,
) : NatsException("tracing the path of a message needs nats-server 2.11 or newer; this one is '$version'")

/**
 * Asks the servers who would get a message to [subject], now: nothing is delivered or stored. Returns when all have answered that take part,
 * or with what came [within] the time.
 *
 * Needs nats-server 2.11. The way through other accounts, and behind leaf nodes, is shown as far as they allow it (`allow_trace`).
 *
 * @throws PathTraceNotSupportedException if the server in use is too old; older ones behind it are left out.
 * @throws dev.midge.nats.RequestTimeoutException if not even the server in use has answered in time.
 * @throws dev.midge.nats.PermissionViolationException if this user may not subscribe to the inbox of the answers.
 * @throws dev.midge.nats.InvalidSubjectException if [subject] holds a wildcard.
 */
public suspend fun NatsOperations.tracePath(subject: Subject, within: Duration = 2.seconds): PathTrace =
    Tracing(this, subject).trace(within)

/** As the one with a [Subject]. */
public suspend fun NatsOperations.tracePath(subject: String, within: Duration = 2.seconds): PathTrace = tracePath(Subject(subject), within)
