package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.ConsumerExistsException
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamNotEnabledException
import dev.midge.nats.jetstream.LimitReachedException
import dev.midge.nats.jetstream.MessageNotFoundException
import dev.midge.nats.jetstream.StreamExistsException
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.WrongLastException
import kotlinx.serialization.json.JsonObject

/** Makes the exception for the `error` of an answer. Its `err_code` decides: that alone stays the same between releases. */
internal object ApiFailures {
    fun of(error: JsonObject, subject: String, target: ApiTarget): RuntimeException {
        val code = error.int("err_code")
        val details = JetStreamApiException.Details(
            error.int("code"),
            code,
            error.text("description"),
            subject,
            target.stream,
            target.consumer,
        )
        return when (code) {
            ApiErrorCodes.STREAM_NOT_FOUND -> StreamNotFoundException(details)
            ApiErrorCodes.CONSUMER_NOT_FOUND, ApiErrorCodes.CONSUMER_DOES_NOT_EXIST -> ConsumerNotFoundException(details)
            ApiErrorCodes.NO_MESSAGE_FOUND, ApiErrorCodes.SEQUENCE_NOT_FOUND -> MessageNotFoundException(details)
            ApiErrorCodes.STREAM_NAME_EXIST -> StreamExistsException(details)
            ApiErrorCodes.CONSUMER_ALREADY_EXISTS, ApiErrorCodes.CONSUMER_NAME_EXIST -> ConsumerExistsException(details)
            ApiErrorCodes.NOT_ENABLED, ApiErrorCodes.NOT_ENABLED_FOR_ACCOUNT -> JetStreamNotEnabledException(subject, null)
            in ApiErrorCodes.WRONG_LAST -> WrongLastException(details, lastSequence(details))
            in ApiErrorCodes.LIMITS -> LimitReachedException(details)
            else -> JetStreamApiException(details)
        }
    }

    /** `wrong last sequence: 7`: the number is in the text alone, and not always. In `wrong last msg ID: 7` it is no sequence. */
    private fun lastSequence(details: JetStreamApiException.Details): Long? {
        if (details.errorCode != ApiErrorCodes.STREAM_WRONG_LAST_SEQUENCE) return null
        return details.description.substringAfterLast(": ", "").trim().toLongOrNull()
    }
}
