package dev.midge.nats.services

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.serialization.BAD_REQUEST
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.ValueCodec
import dev.midge.nats.serialization.valueCodec
import dev.midge.nats.services.internal.Answer
import kotlinx.coroutines.flow.Flow

/**
 * Adds an endpoint with [name] whose requests and answers are values, by the codecs of the client
 * ([withCodecs][dev.midge.nats.serialization.withCodecs]).
 *
 * As the [Endpoints.endpoint] for messages. A request that is no `Req` is answered by an error with code [BAD_REQUEST], without asking
 * [handler], and told as [MessageNotDecoded][NatsEvent.MessageNotDecoded].
 *
 * @throws dev.midge.nats.serialization.UnsupportedTypeException if there is no codec for one of the types.
 */
@OptIn(InternalNatsApi::class)
public inline fun <reified Req, reified Res> Endpoints.endpoint(
    name: String,
    options: EndpointOptions = EndpointOptions.Default,
    noinline handler: suspend (Req) -> Res,
): Unit = endpointBy(name, options, nats.valueCodec<Req>(), nats.valueCodec<Res>(), handler)

/** As the one for values, of which there may be several as an answer: see [Endpoints.streamingEndpoint]. */
@OptIn(InternalNatsApi::class)
public inline fun <reified Req, reified Res> Endpoints.streamingEndpoint(
    name: String,
    options: EndpointOptions = EndpointOptions.Default,
    noinline handler: (Req) -> Flow<Res>,
): Unit = streamingEndpointBy(name, options, nats.valueCodec<Req>(), nats.valueCodec<Res>(), handler)

/** As the one that finds its codecs itself: requests are read by [requests], and answers written by [replies]. */
@OptIn(InternalNatsApi::class)
public fun <Req, Res> Endpoints.endpoint(
    name: String,
    requests: PayloadCodec<Req>,
    replies: PayloadCodec<Res>,
    options: EndpointOptions = EndpointOptions.Default,
    handler: suspend (Req) -> Res,
): Unit = endpointBy(name, options, nats.valueCodec(requests), nats.valueCodec(replies), handler)

/** As the one that finds its codecs itself: requests are read by [requests], and answers written by [replies]. */
@OptIn(InternalNatsApi::class)
public fun <Req, Res> Endpoints.streamingEndpoint(
    name: String,
    requests: PayloadCodec<Req>,
    replies: PayloadCodec<Res>,
    options: EndpointOptions = EndpointOptions.Default,
    handler: (Req) -> Flow<Res>,
): Unit = streamingEndpointBy(name, options, nats.valueCodec(requests), nats.valueCodec(replies), handler)

@OptIn(InternalNatsApi::class)
@PublishedApi
internal fun <Req, Res> Endpoints.endpointBy(
    name: String,
    options: EndpointOptions,
    requests: ValueCodec<Req>,
    replies: ValueCodec<Res>,
    handler: suspend (Req) -> Res,
) {
    add(name, options) { request, _ -> replies.answer(handler(nats.decoded(requests, request))) }
}

@OptIn(InternalNatsApi::class)
@PublishedApi
internal fun <Req, Res> Endpoints.streamingEndpointBy(
    name: String,
    options: EndpointOptions,
    requests: ValueCodec<Req>,
    replies: ValueCodec<Res>,
    handler: (Req) -> Flow<Res>,
) {
    add(name, options, isStreaming = true) { request, outlet -> outlet.stream(handler(nats.decoded(requests, request)), replies::answer) }
}

@OptIn(InternalNatsApi::class)
private fun <T> ValueCodec<T>.answer(value: T): Answer = Answer(encode(value), headers(Headers.Empty))

@OptIn(InternalNatsApi::class)
private fun <T> NatsOperations.decoded(requests: ValueCodec<T>, request: NatsMessage): T = try {
    requests.decode(request)
} catch (e: UndecodableMessageException) {
    tell(NatsEvent.MessageNotDecoded(request.subject, e.type, e.cause ?: e))
    throw ServiceErrorException(BAD_REQUEST, "the request does not decode as ${e.type}").apply { addSuppressed(e) }
}
