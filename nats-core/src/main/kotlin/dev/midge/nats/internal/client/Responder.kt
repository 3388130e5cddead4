package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

/** Runs a handler for a request and publishes its answer, or its failure, to the reply subject. */
internal class Responder(
    private val supervisor: ConnectionSupervisor,
    private val publisher: Publisher,
    private val handler: suspend (NatsMessage) -> ByteArray,
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
            reply(request, answer, Headers.Empty)
        } catch (e: PayloadTooLargeException) {
            refuse(request, e)
            throw e
        }
    }

    private suspend fun refuse(request: NatsMessage, failure: Throwable) {
        // Without headers it would be an empty success: no reply, and the caller's timeout, is nearer to the truth.
        if (supervisor.takesHeaders) reply(request, EMPTY, ServiceErrors.headers(failure))
    }

    private suspend fun reply(request: NatsMessage, payload: ByteArray, headers: Headers) {
        val replyTo = request.replyTo ?: return
        // Checked like any other: a server that is not honest may have sent a reply subject with a line end in it.
        publisher.publish(Subject(replyTo), payload, 0, payload.size, headers, null as ByteArray?)
    }

    private companion object {
        val EMPTY = ByteArray(0)
    }
}
