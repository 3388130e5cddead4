package dev.midge.nats.serialization

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsRequester
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.Reply
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.internal.BoundCodec
import dev.midge.nats.serialization.internal.tell
import kotlin.time.Duration

/**
 * Publishes [value] to [subject] and returns the first reply's value.
 *
 * A reply without payload is a reply like any other: an empty array or text, `Unit`, or whatever the codec makes of it. Errors of the
 * responder are exceptions, as they are for [NatsRequester.request], whose own exceptions are thrown here as well.
 *
 * @param timeout how long to wait, back-pressure included; `null` takes
 *   [TimeoutOptions.request][dev.midge.nats.TimeoutOptions.request].
 * @throws UnsupportedTypeException if there is no codec for one of the types.
 * @throws UnencodableValueException if the value does not encode; nothing is sent.
 * @throws UndecodableMessageException if the reply is no `Res`.
 */
public suspend inline fun <reified Req, reified Res> NatsRequester.request(
    subject: Subject,
    value: Req,
    headers: Headers = Headers.Empty,
    timeout: Duration? = null,
): Res = requestBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), subject, value, headers, timeout)

/** As the one with a [Subject]. */
public suspend inline fun <reified Req, reified Res> NatsRequester.request(
    subject: String,
    value: Req,
    headers: Headers = Headers.Empty,
    timeout: Duration? = null,
): Res = requestBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), Subject(subject), value, headers, timeout)

/**
 * Answers requests to [subject]: what [handler] returns for the value of a request is encoded and published to its reply subject.
 *
 * As [NatsRequester.respond]: requests are handled as [handlerOptions] say, members of one [queueGroup] share them, and an exception becomes a
 * [ServiceErrorException] of the caller. A request that is no `Req` is answered by one with code [BAD_REQUEST], without asking the handler;
 * it is reported here like one that the handler had thrown ([NatsEvent.HandlerFailed][dev.midge.nats.NatsEvent.HandlerFailed]), with the
 * [UndecodableMessageException] among the suppressed exceptions, and as [MessageNotDecoded][dev.midge.nats.NatsEvent.MessageNotDecoded].
 *
 * @throws UnsupportedTypeException if there is no codec for one of the types.
 */
public suspend inline fun <reified Req, reified Res> NatsRequester.respond(
    subject: Subject,
    queueGroup: String? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (Req) -> Res,
): Subscription =
    respondBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), subject, queueGroup, handlerOptions, handler)

/** As the one with a [Subject]. */
public suspend inline fun <reified Req, reified Res> NatsRequester.respond(
    subject: String,
    queueGroup: String? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (Req) -> Res,
): Subscription =
    respondBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), Subject(subject), queueGroup, handlerOptions, handler)

/** As [respond], for handlers that look at the request's subject and headers, or answer with headers of their own. */
public suspend inline fun <reified Req, reified Res> NatsRequester.respondWith(
    subject: Subject,
    queueGroup: String? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (TypedMessage<Req>) -> TypedReply<Res>,
): Subscription =
    respondWithBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), subject, queueGroup, handlerOptions, handler)

/** As the one with a [Subject]. */
public suspend inline fun <reified Req, reified Res> NatsRequester.respondWith(
    subject: String,
    queueGroup: String? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (TypedMessage<Req>) -> TypedReply<Res>,
): Subscription =
    respondWithBy(codecsOf(this).boundCodec<Req>(), codecsOf(this).boundCodec<Res>(), Subject(subject), queueGroup, handlerOptions, handler)

/** The code of the error that answers a request which does not decode, as in HTTP. */
public const val BAD_REQUEST: Int = 400

@PublishedApi
internal suspend fun <Req, Res> NatsRequester.requestBy(
    requests: BoundCodec<Req>,
    replies: BoundCodec<Res>,
    subject: Subject,
    value: Req,
    headers: Headers,
    timeout: Duration?,
): Res = replies.decode(request(subject, requests.encode(value), requests.headers(headers), timeout))

@PublishedApi
internal suspend fun <Req, Res> NatsRequester.respondBy(
    requests: BoundCodec<Req>,
    replies: BoundCodec<Res>,
    subject: Subject,
    queueGroup: String?,
    handlerOptions: HandlerOptions,
    handler: suspend (Req) -> Res,
): Subscription = respondWith(subject, queueGroup, handlerOptions) { message ->
    Reply(replies.encode(handler(decodedRequest(requests, message))), replies.headers(Headers.Empty))
}

@PublishedApi
internal suspend fun <Req, Res> NatsRequester.respondWithBy(
    requests: BoundCodec<Req>,
    replies: BoundCodec<Res>,
    subject: Subject,
    queueGroup: String?,
    handlerOptions: HandlerOptions,
    handler: suspend (TypedMessage<Req>) -> TypedReply<Res>,
): Subscription = respondWith(subject, queueGroup, handlerOptions) { message ->
    val reply = handler(TypedMessage(decodedRequest(requests, message), message))
    Reply(replies.encode(reply.value), replies.headers(reply.headers))
}

private fun <T> NatsRequester.decodedRequest(requests: BoundCodec<T>, message: NatsMessage): T = try {
    requests.decode(message)
} catch (e: UndecodableMessageException) {
    (this as? NatsSubscriber)?.tell(e)
    throw ServiceErrorException(BAD_REQUEST, "the request does not decode as ${e.type}").apply { addSuppressed(e) }
}
