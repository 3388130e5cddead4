package dev.midge.nats.serialization

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsOperations
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.internal.BoundCodec
import kotlinx.coroutines.flow.Flow
import kotlinx.io.readByteArray
import kotlin.time.Duration

/**
 * A subject whose messages are values of one type: connection, subject and codec bound together, so that no call looks for any of them.
 *
 * Immutable, cheap to keep, and safe to share between threads. A subject with wildcards can be subscribed to only.
 *
 * ```
 * val people = nats.subject<Person>("people")
 * people.publish(Person(30, "bar"))
 * ```
 *
 * @property subject the subject.
 */
public class TypedSubject<T> @PublishedApi internal constructor(
    @PublishedApi internal val nats: NatsOperations,
    public val subject: Subject,
    @PublishedApi internal val codec: BoundCodec<T>,
) {
    /** That of the last request by a codec of the caller's: where the caller keeps it, it is that of the next one. */
    @Volatile
    private var lastReplies: BoundCodec<*>? = null

    private fun <Res> boundReplies(replies: PayloadCodec<Res>): BoundCodec<Res> {
        val last = lastReplies
        @Suppress("UNCHECKED_CAST")
        if (last?.codec === replies) return last as BoundCodec<Res>
        return BoundCodec<Res>(replies, null, codec.registry).also { lastReplies = it }
    }

    /**
     * Sends [value], see [NatsPublisher][dev.midge.nats.NatsPublisher].
     *
     * @throws UnencodableValueException if the value does not encode; nothing is sent.
     */
    public suspend fun publish(value: T, headers: Headers = Headers.Empty, replyTo: Subject? = null): Unit =
        nats.publishBy(codec, subject, value, headers, replyTo)

    /** As [publish], and returns when the message was handed to the socket. */
    public suspend fun publishWritten(value: T, headers: Headers = Headers.Empty, replyTo: Subject? = null): Unit =
        nats.publishWrittenBy(codec, subject, value, headers, replyTo)

    /** As [publish], but never suspends and says whether the message was queued. */
    public fun tryPublish(value: T, headers: Headers = Headers.Empty, replyTo: Subject? = null): Boolean =
        nats.tryPublishBy(codec, subject, value, headers, replyTo)

    /** Sends all of [values] in one batch, see [NatsPublisher.publishBatch][dev.midge.nats.NatsPublisher.publishBatch]: all or none. */
    public suspend fun publishAll(values: Iterable<T>): Unit =
        nats.publishBatch { for (value in values) publishBy(codec, subject, value, Headers.Empty, null) }

    /** Subscribes; the result is a Flow of the messages with their values. */
    public suspend fun subscribe(
        queueGroup: String? = null,
        overflow: Overflow? = null,
        undecodable: Undecodable? = null,
    ): TypedSubscription<T> = nats.subscribeBy(codec, subject, queueGroup, overflow, undecodable)

    /** Subscribes and runs [handler] for each message that decodes, as [handlerOptions] say. */
    public suspend fun subscribe(
        queueGroup: String? = null,
        overflow: Overflow? = null,
        undecodable: Undecodable? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (TypedMessage<T>) -> Unit,
    ): TypedSubscription<T> = nats.subscribeBy(codec, subject, queueGroup, overflow, undecodable, handlerOptions, handler)

    /** A cold Flow: each collector subscribes when it starts and unsubscribes when it ends. */
    public fun messages(queueGroup: String? = null, overflow: Overflow? = null, undecodable: Undecodable? = null): Flow<TypedMessage<T>> =
        nats.messagesBy(codec, subject, queueGroup, overflow, undecodable)

    /** Sends [value] as a request and returns the first reply's value; exceptions are those of the function on a connection. */
    public suspend inline fun <reified Res> request(value: T, headers: Headers = Headers.Empty, timeout: Duration? = null): Res =
        nats.requestBy(codec, codec.registry.boundCodec<Res>(), subject, value, headers, timeout)

    /** Answers requests whose values are of this subject's type; all else is as for the function on a connection. */
    public suspend inline fun <reified Res> respond(
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        noinline handler: suspend (T) -> Res,
    ): Subscription = nats.respondBy(codec, codec.registry.boundCodec<Res>(), subject, queueGroup, handlerOptions, handler)

    /** As the one that takes the codec of the reply's type from the registry. */
    public suspend fun <Res> request(
        value: T,
        replies: PayloadCodec<Res>,
        headers: Headers = Headers.Empty,
        timeout: Duration? = null,
    ): Res = nats.requestBy(codec, boundReplies(replies), subject, value, headers, timeout)

    /** As the one that takes the codec of the reply's type from the registry. */
    public suspend fun <Res> respond(
        replies: PayloadCodec<Res>,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (T) -> Res,
    ): Subscription = nats.respondBy(codec, BoundCodec(replies, null, codec.registry), subject, queueGroup, handlerOptions, handler)

    /** As [respond], for handlers that look at the request's subject and headers, or answer with headers of their own. */
    public suspend fun <Res> respondWith(
        replies: PayloadCodec<Res>,
        queueGroup: String? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (TypedMessage<T>) -> TypedReply<Res>,
    ): Subscription = nats.respondWithBy(codec, BoundCodec(replies, null, codec.registry), subject, queueGroup, handlerOptions, handler)

    /** A [request] for a caller that sends and waits in its own way. */
    @InternalNatsApi
    public fun <Res> requestOf(value: T, replies: PayloadCodec<Res>, headers: Headers): TypedRequest<Res> =
        TypedRequest(nats, subject, codec.encode(value).readByteArray(), codec.headers(headers), boundReplies(replies))

    override fun toString(): String = "TypedSubject($subject)"
}

/**
 * Binds [subject] to this connection and to the codec for `T`.
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 */
public inline fun <reified T> NatsOperations.subject(subject: Subject): TypedSubject<T> =
    TypedSubject(this, subject, codecsOf(this).boundCodec<T>())

/** As the one with a [Subject]. */
public inline fun <reified T> NatsOperations.subject(subject: String): TypedSubject<T> = subject(Subject(subject))

/** Binds [subject] to this connection and to [codec], whatever the registry and a message's `Content-Type` say. */
public fun <T> NatsOperations.subject(subject: Subject, codec: PayloadCodec<T>): TypedSubject<T> =
    TypedSubject(this, subject, BoundCodec(codec, null, codecsOf(this)))

/** As the one with a [Subject]. */
public fun <T> NatsOperations.subject(subject: String, codec: PayloadCodec<T>): TypedSubject<T> = subject(Subject(subject), codec)
