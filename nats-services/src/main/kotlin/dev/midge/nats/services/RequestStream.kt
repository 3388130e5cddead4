package dev.midge.nats.services

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import dev.midge.nats.asServiceError
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlin.time.Duration
import kotlin.time.TimeSource

/**
 * A cold Flow of the answers of one [Endpoints.streamingEndpoint], or of anything else that ends its answers with a message without payload:
 * complete, or a failure.
 *
 * [NatsOperations.requestMany] takes what comes in time; this one is for a caller who needs it all. Each collector sends a request of its own.
 *
 * @param within the longest time for all answers; `null` takes [TimeoutOptions.request][dev.midge.nats.TimeoutOptions.request].
 * @param stall the longest time between two answers, once the first has come; `null` for no such limit.
 * @throws ServiceErrorException from the collector, after the answers before it, if the endpoint has failed.
 * @throws RequestTimeoutException from the collector, if the end did not come in time.
 * @throws dev.midge.nats.NoRespondersException from the collector, if nobody is subscribed; also the others of
 *   [requestMany][NatsOperations.requestMany].
 */
public fun NatsOperations.requestStream(
    subject: Subject,
    payload: ByteArray = ByteArray(0),
    headers: Headers = Headers.Empty,
    within: Duration? = null,
    stall: Duration? = null,
): Flow<NatsMessage> = flow {
    val begin = TimeSource.Monotonic.markNow()
    var isComplete = false
    val limits = RequestManyLimits {
        total = within
        this.stall = stall
        sentinel = { reply ->
            isComplete = reply.payload.isEmpty() && reply.serviceError() == null
            isComplete
        }
    }
    requestMany(subject, payload, headers, limits)
        .collect { reply ->
            reply.serviceError()?.let { throw it }
            emit(reply)
        }
    if (!isComplete) throw RequestTimeoutException(subject.value, begin.elapsedNow())
}

/** As the one with a [Subject]. */
public fun NatsOperations.requestStream(
    subject: String,
    payload: ByteArray = ByteArray(0),
    headers: Headers = Headers.Empty,
    within: Duration? = null,
    stall: Duration? = null,
): Flow<NatsMessage> = requestStream(Subject(subject), payload, headers, within, stall)

/**
 * The error that this reply stands for (ADR-32), or `null` if it is none: for replies that were gathered, such as those of
 * [requestMany][NatsOperations.requestMany]. A [request][NatsOperations.request] throws it by itself.
 *
 * @throws dev.midge.nats.MalformedHeadersException as [NatsMessage.headers].
 */
@OptIn(InternalNatsApi::class)
public fun NatsMessage.serviceError(): ServiceErrorException? = asServiceError
