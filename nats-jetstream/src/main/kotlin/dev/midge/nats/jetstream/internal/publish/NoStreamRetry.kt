package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishUnconfirmedException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Whether a message is sent again, and when.
 *
 * - No stream takes it, or its stream says that it cannot for now: as often as its terms say. A change of the leader looks like that for a
 *   moment.
 * - The link was lost before its acknowledgement, or none has come for some time: if its terms say so and it has an id, so that it is
 *   stored once. From then on it is tried until the end of its time, for a server that comes back has its streams a little later.
 */
internal object NoStreamRetry {
    /** How long to wait before [sink]'s message is sent again after [failure]; `null` if that is its end. */
    fun pauseAfter(sink: AckSink, failure: Exception): Duration? {
        val pause = when {
            failure is JetStreamTimeoutException -> if (sink.sendsAfterSilence) Duration.ZERO else return null

            failure is PublishUnconfirmedException ->
                if (sink.terms.resendsAfterReconnect && sink.hasId &&
                    failure.cause is ConnectionLostException
                ) {
                    Duration.ZERO
                } else {
                    return null
                }

            isForNow(failure) && (sink.attempt <= sink.terms.retries || sink.unconfirmed != null) -> sink.terms.retryWait

            else -> return null
        }
        return pause.takeIf { (sink.limit - System.nanoTime()).nanoseconds > it }
    }

    /** Whether [failure] says that the message is not stored, and may be a moment later. */
    private fun isForNow(failure: Exception): Boolean =
        failure is NoStreamException || (failure is JetStreamApiException && failure.errorCode in ApiErrorCodes.RETRYABLE)
}
