package dev.midge.nats.services.internal

import dev.midge.nats.Headers
import dev.midge.nats.ServiceErrorException

/** What a caller is told of a failure (ADR-32): a code, words that are fit for a header, and what the handler has given with them. */
internal class ErrorReply(val code: Int, words: String, val body: ByteArray, private val more: Headers) {
    val description: String = words.filter { it in ' '..'~' }.take(LONGEST).trim().ifEmpty { "error" }

    /** As the statistics show it. */
    val shown: String
        get() = "$code:$description"

    /** That without which it would be no error: for when the rest is more than the server takes. */
    val leastHeaders: Headers
        get() = Headers.of(CODE to code.toString(), ERROR to description)

    val headers: Headers
        get() = if (more.isEmpty()) leastHeaders else more.without(CODE).without(ERROR).with(CODE, code.toString()).with(ERROR, description)

    companion object {
        private const val CODE = "Nats-Service-Error-Code"
        private const val ERROR = "Nats-Service-Error"

        /** The code of a failure that has none of its own, as in HTTP. */
        private const val INTERNAL_ERROR = 500

        /** Enough to understand an error, and far from any `max_payload`. */
        private const val LONGEST = 1024
        private val nothing = ByteArray(0)

        fun of(failure: Throwable): ErrorReply = when {
            failure !is ServiceErrorException ->
                ErrorReply(INTERNAL_ERROR, failure.message ?: failure::class.simpleName.orEmpty(), nothing, Headers.Empty)

            // What another service has said to the handler: its code and words, but not its answer.
            failure.reply != null -> ErrorReply(failure.code, failure.error, nothing, Headers.Empty)

            else -> ErrorReply(failure.code, failure.error, failure.body, failure.headers)
        }
    }
}
