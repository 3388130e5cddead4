package dev.midge.nats.services.internal

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.services.EndpointOptions

/** The last that a request is answered with. */
internal class Answer(val payload: ByteArray, val headers: Headers = Headers.Empty)

/** Handles a request, sends what comes before the last of the answers by the outlet, and returns that. */
internal typealias Answering = suspend (NatsMessage, Outlet) -> Answer

/** An endpoint as it was asked for; [queueGroup] is known when all is said of its groups. */
internal class EndpointDefinition(
    val name: String,
    val subject: Subject,
    val options: EndpointOptions,
    private val inherited: () -> QueueGroup,
    val isStreaming: Boolean,
    val answering: Answering,
) {
    val queueGroup: String?
        get() = (options.queueGroup ?: inherited()).name
}
