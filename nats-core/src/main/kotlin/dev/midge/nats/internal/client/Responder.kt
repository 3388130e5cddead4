package dev.midge.nats.internal.client

import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

/** Runs a handler for a request and publishes its answer, or its failure, to the reply subject. */
internal class Responder<A>(
    private val supervisor: ConnectionSupervisor,
    private val publisher: NatsPublisher,
    private val handler: suspend (NatsMessage) -> A,
    private val reply: suspend (Subject, A) -> Unit,
) {
    /** Throws what the handler threw, after its caller was told. */
    suspend fun handle(request: NatsMessage) {
        val answer = try {
            handler(request)
        } catch (e: Throwable) {
            // A cancellation that is not this coroutine's own, such as a timeout within the handler, is a failure like any other.
            currentCoroutineContext().ensureActive()
            refuse(request, e)
            throw e
        }
        try {
            replyTo(request)?.let { reply(it, answer) }
        } catch (e: PayloadTooLargeException) {
            refuse(request, e)
            throw e
        }
    }

    private suspend fun refuse(request: NatsMessage, failure: Throwable) {
        // Without headers it would be an empty success: no reply, and the caller's timeout, is nearer to the truth.
        if (!supervisor.server.limits.takesHeaders) return
        replyTo(request)?.let { publisher.publish(it, EMPTY, ServiceErrors.headers(failure)) }
    }

    /** Checked like any other: a server that is not honest may have sent a reply subject with a line end in it. */
    private fun replyTo(request: NatsMessage): Subject? = request.replySubject

    private companion object {
        val EMPTY = ByteArray(0)
    }
}
