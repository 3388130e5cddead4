package dev.midge.nats.services.internal

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.replyAddress
import kotlinx.coroutines.flow.Flow

/** Where the answers to one [request] go: by the connection of its subject, which over a pool need not be the one that has brought it. */
@OptIn(InternalNatsApi::class)
internal class Outlet(nats: NatsOperations, request: NatsMessage, subject: Subject) {
    private val replyTo = request.replyAddress
    private val connection = nats.seam(if (subject.isWildcard) Subject(request.subject) else subject).connection

    suspend fun send(answer: Answer) {
        if (replyTo != null) connection.publish(replyTo, answer.payload, answer.headers)
    }

    suspend fun send(error: ErrorReply) {
        if (replyTo == null) return
        try {
            connection.publish(replyTo, error.body, error.headers)
        } catch (_: PayloadTooLargeException) {
            connection.publish(replyTo, NOTHING, error.leastHeaders)
        }
    }

    /** Sends what [all] emits, each as what [answer] makes of it; returns the end, which is not sent yet. */
    suspend fun <T> stream(all: Flow<T>, answer: (T) -> Answer): Answer {
        all.collect { element ->
            val one = answer(element)
            check(one.payload.isNotEmpty()) { "an element without a payload would end the stream; give it one" }
            send(one)
        }
        return END
    }

    companion object {
        private val NOTHING = ByteArray(0)

        /** The end of a stream of answers. */
        val END = Answer(NOTHING)
    }
}
