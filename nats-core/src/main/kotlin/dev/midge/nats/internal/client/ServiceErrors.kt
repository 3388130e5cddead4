package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.ServiceErrorException

/** How a responder says that it failed: the headers of ADR-32. */
internal object ServiceErrors {
    private const val CODE = "Nats-Service-Error-Code"
    private const val ERROR = "Nats-Service-Error"

    /** The code of a failure that has none of its own, as in HTTP. */
    private const val INTERNAL_ERROR = 500

    val NO_BODY: ByteArray = ByteArray(0)

    /** Enough to understand an error, and far from any `max_payload`. */
    private const val LONGEST_ERROR = 1024

    /** The error that [reply] stands for, or `null` if it is none. */
    fun of(reply: NatsMessage): ServiceErrorException? {
        if (!reply.hasHeaders) return null
        val headers = reply.headers
        val code = headers[CODE]
        val error = headers[ERROR]
        if (code == null && error == null) return null
        return ServiceErrorException(code?.toIntOrNull() ?: INTERNAL_ERROR, error.orEmpty(), reply)
    }

    /** The headers that tell a caller of [failure]. */
    fun headers(failure: Throwable): Headers {
        val least = leastHeaders(failure)
        if (failure !is ServiceErrorException) return least
        return failure.ownHeaders.entries.filter { it.first != CODE && it.first != ERROR }
            .fold(least) { headers, (name, value) -> headers.with(name, value) }
    }

    /** As [headers], without those of its own. */
    fun leastHeaders(failure: Throwable): Headers {
        val code = if (failure is ServiceErrorException) failure.code else INTERNAL_ERROR
        val words = if (failure is ServiceErrorException) failure.error else "${failure::class.simpleName}: ${failure.message.orEmpty()}"
        return Headers.of(CODE to code.toString(), ERROR to words.take(LONGEST_ERROR).replace('\r', ' ').replace('\n', ' '))
    }

    /** What goes with [failure] to its caller. What another service has said to the handler is not passed on. */
    fun body(failure: Throwable): ByteArray = (failure as? ServiceErrorException)?.ownBody ?: NO_BODY
}
