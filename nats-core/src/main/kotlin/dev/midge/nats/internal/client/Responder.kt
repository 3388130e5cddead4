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
            throw refused(request, e)
        }
        try {
            request.replySubject?.let { reply(it, answer) }
        } catch (e: PayloadTooLargeException) {
            throw refused(request, e)
        }
    }

    /** Tells the caller of [failure] and returns it: if telling fails too, this is the lesser news and goes with it. */
    private suspend fun refused(request: NatsMessage, failure: Throwable): Throwable {
        try {
            refuse(request, failure)
        } catch (e: Throwable) {
            if (e !== failure) failure.addSuppressed(e)
        }
        return failure
    }

    private suspend fun refuse(request: NatsMessage, failure: Throwable) {
        // Without headers it would be an empty success: no reply, and the caller's timeout, is nearer to the truth.
        if (!supervisor.server.limits.takesHeaders) return
        val to = request.replySubject ?: return
        try {
            publisher.publish(to, ServiceErrors.body(failure), ServiceErrors.headers(failure))
        } catch (_: PayloadTooLargeException) {
            publisher.publish(to, ServiceErrors.NO_BODY, ServiceErrors.leastHeaders(failure))
        }
    }
}
