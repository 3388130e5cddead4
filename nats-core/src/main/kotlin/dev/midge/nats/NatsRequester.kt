package dev.midge.nats

import kotlinx.coroutines.flow.Flow
import kotlinx.io.Source
import kotlin.time.Duration

/**
 * Request and reply.
 *
 * All requests of a connection share one inbox subscription. Checks, errors, ownership and thread-safety of the publishing half are those
 * of [NatsPublisher]. Cancelling a call forgets the request; a reply that comes later is ignored.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface NatsRequester {
    /**
     * Publishes [payload] to [subject] and returns the first reply.
     *
     * @param timeout how long to wait, back-pressure included; `null` takes [TimeoutOptions.request].
     * @throws NoRespondersException at once if nobody is subscribed. A server without headers ([ServerInfo.headers]) cannot say so: with it
     *   the timeout says it.
     * @throws HeadersNotSupportedException if there are [headers] and the server takes none.
     * @throws RequestTimeoutException if no reply came in time.
     * @throws ServiceErrorException if the reply is an error (ADR-32).
     * @throws PermissionViolationException if the server does not let this user publish to [subject].
     * @throws ConnectionLostException if the connection broke before the reply came and [ReconnectOptions.failRequests] is set, or reconnecting
     *   was given up. Otherwise the request waits on until its timeout.
     * @throws MalformedHeadersException if the reply's headers do not follow ADR-4.
     */
    public suspend fun request(
        subject: Subject,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        timeout: Duration? = null,
    ): NatsMessage

    /** As the one with a [ByteArray]; [payload] is read as by [NatsPublisher.publish]. */
    public suspend fun request(subject: Subject, payload: Source, headers: Headers = Headers.Empty, timeout: Duration? = null): NatsMessage

    /** As the one with a [Subject]. */
    public suspend fun request(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        timeout: Duration? = null,
    ): NatsMessage = request(Subject(subject), payload, headers, timeout)

    /** As the one with a [Subject]. */
    public suspend fun request(subject: String, payload: Source, headers: Headers = Headers.Empty, timeout: Duration? = null): NatsMessage =
        request(Subject(subject), payload, headers, timeout)

    /** As [request], with [text] as UTF-8. */
    public suspend fun requestText(
        subject: Subject,
        text: String,
        headers: Headers = Headers.Empty,
        timeout: Duration? = null,
    ): NatsMessage = request(subject, text.encodeToByteArray(), headers, timeout)

    /** As the one with a [Subject]. */
    public suspend fun requestText(
        subject: String,
        text: String,
        headers: Headers = Headers.Empty,
        timeout: Duration? = null,
    ): NatsMessage = requestText(Subject(subject), text, headers, timeout)

    /**
     * A cold Flow of all replies to one request (ADR-47), ended by whichever of [limits] comes first; without any reply it completes empty.
     *
     * Each collector sends its own request. Replies that carry an error are emitted as they are. As many replies may wait for the collector
     * as messages for a subscription with [NatsOptions.overflow].
     *
     * @throws RequestTimeoutException from the collector, if the request could not be sent within the time, for want of a connection or of room.
     * @throws SlowConsumerException from the collector, after the replies that had room, if it is too slow for more.
     * @throws NoRespondersException from the collector, at once, if nobody is subscribed.
     */
    public fun requestMany(
        subject: Subject,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        limits: RequestManyLimits = RequestManyLimits(),
    ): Flow<NatsMessage>

    /** As the one with a [Subject]. */
    public fun requestMany(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        limits: RequestManyLimits = RequestManyLimits(),
    ): Flow<NatsMessage> = requestMany(Subject(subject), payload, headers, limits)

    /**
     * Answers requests to [subject]: what [handler] returns is published to the request's reply subject.
     *
     * Requests are handled as [handlerOptions] say: one after the other, on [NatsOptions.dispatcher], by default. An exception of the handler becomes a reply that the caller sees as
     * [ServiceErrorException]: its own code and words if it is one, 500 otherwise, and a [NatsEvent.HandlerFailed] here. Messages that ask
     * for no reply are handled, and their result is dropped.
     */
    public suspend fun respond(
        subject: Subject,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> ByteArray,
    ): Subscription

    /** As the one with a [Subject]. */
    public suspend fun respond(
        subject: String,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> ByteArray,
    ): Subscription = respond(Subject(subject), queueGroup, handlerOptions, handler)

    /** As [respond], for answers that have headers or come from a Source. */
    public suspend fun respondWith(
        subject: Subject,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> Reply,
    ): Subscription

    /** As the one with a [Subject]. */
    public suspend fun respondWith(
        subject: String,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> Reply,
    ): Subscription = respondWith(Subject(subject), queueGroup, handlerOptions, handler)

    /**
     * A [request] by a thread that parks until the reply comes, without a coroutine; `null`, having sent nothing, if that is not the only thing
     * to wait for: the connection is not open, or its outbound buffer full.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile.
     */
    @InternalNatsApi
    public fun requestOnThread(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? = null
}
