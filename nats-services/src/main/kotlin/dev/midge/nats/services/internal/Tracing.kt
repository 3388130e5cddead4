package dev.midge.nats.services.internal

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.isAtLeast
import dev.midge.nats.services.PathTrace
import dev.midge.nats.services.PathTraceNotSupportedException
import dev.midge.nats.services.TraceEvent
import dev.midge.nats.services.TracedServer
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration

/** Sends one message that is delivered to nobody, and gathers what each server on its way says of it. */
@OptIn(InternalNatsApi::class)
internal class Tracing(nats: NatsOperations, private val subject: Subject) {
    private val seam = nats.seam(subject)

    /** The answers by the hop that the server before has given them; that of the first server, by an empty text. */
    private val answers = LinkedHashMap<String, JsonObject>()

    suspend fun trace(within: Duration): PathTrace {
        val connection = seam.connection
        val inbox = connection.newInbox()
        val subscription = connection.subscribe(inbox)
        try {
            requireSupport()
            val headers = Headers.of("Nats-Trace-Dest" to inbox.value, "Nats-Trace-Only" to "true")
            connection.publish(subject, NOTHING, headers)
            val isComplete = withTimeoutOrNull(within) { gather(subscription) } != null
            val root = answers[FIRST] ?: throw RequestTimeoutException(subject.value, within)
            return PathTrace(subject, tree(FIRST, root), isComplete)
        } finally {
            withContext(NonCancellable) { subscription.unsubscribe() }
        }
    }

    private fun requireSupport() {
        val server = seam.server
        if (server?.isAtLeast(2, 11) != true) throw PathTraceNotSupportedException(server?.version.orEmpty())
    }

    private suspend fun gather(subscription: Subscription) {
        subscription.takeWhile { message ->
            read(message)
            !isComplete()
        }.collect {}
    }

    private fun read(message: NatsMessage) {
        val json = try {
            Json.parseToJsonElement(message.text()) as? JsonObject
        } catch (_: SerializationException) {
            null
        }
        if (json == null) {
            log.warn("what answered a trace of '{}' is no trace", subject)
            return
        }
        answers[TracedServer.hopOf(json) ?: FIRST] = json
    }

    private fun isComplete() = FIRST in answers && answers.values.all { answer -> hops(answer).all(answers::containsKey) }

    private fun hops(answer: JsonObject): List<String> =
        answer.objects("events").map(::TraceEvent).filter { it.error == null }.mapNotNull { it.hop }

    private fun tree(hop: String, answer: JsonObject): TracedServer =
        TracedServer(answer, hops(answer).filter { it != hop }.mapNotNull { next -> answers[next]?.let { tree(next, it) } })

    private companion object {
        const val FIRST = ""
        val NOTHING = ByteArray(0)
    }
}
