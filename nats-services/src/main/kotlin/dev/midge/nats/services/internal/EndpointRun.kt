package dev.midge.nats.services.internal

import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subscription
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/** An endpoint that takes requests. */
internal class EndpointRun private constructor(
    val definition: EndpointDefinition,
    val queueGroup: String?,
    private val nats: NatsOperations,
    private val serving: Serving,
) {
    val counters = EndpointCounters()
    lateinit var subscription: Subscription
        private set

    private suspend fun handle(request: NatsMessage) {
        val outlet = Outlet(nats, request, definition.subject)
        val begin = System.nanoTime()
        val answer = try {
            withContext(serving) { definition.answering(request, outlet) }
        } catch (e: Throwable) {
            // A cancellation that is not this coroutine's own, such as a timeout within the handler, is a failure like any other.
            currentCoroutineContext().ensureActive()
            val error = ErrorReply.of(e)
            counters.handled(System.nanoTime() - begin, error.shown)
            refuse(outlet, error, e)
            return
        }
        // Ahead of the answer: who has that finds itself counted.
        counters.handled(System.nanoTime() - begin)
        try {
            outlet.send(answer)
        } catch (e: Exception) {
            currentCoroutineContext().ensureActive()
            val error = ErrorReply.of(e)
            counters.unanswered(error.shown)
            refuse(outlet, error, e)
        }
    }

    /** Tells the caller of [failure], and throws it for whoever runs the program, unless it was the handler's answer. */
    private suspend fun refuse(outlet: Outlet, error: ErrorReply, failure: Throwable) {
        try {
            outlet.send(error)
            // A stream of answers ends after its error too; to a single one this is a reply that nobody waits for any more.
            if (definition.isStreaming) outlet.send(Outlet.END)
        } catch (e: Exception) {
            if (e !== failure) failure.addSuppressed(e)
            throw failure
        }
        if (failure !is ServiceErrorException || failure.reply != null) throw failure
    }

    companion object {
        suspend fun start(definition: EndpointDefinition, nats: NatsOperations, serving: Serving): EndpointRun {
            val options = definition.options
            val run = EndpointRun(definition, definition.queueGroup, nats, serving)
            run.subscription = nats.subscribe(definition.subject, run.queueGroup, options.overflow, options.handlerOptions, run::handle)
            return run
        }
    }
}
