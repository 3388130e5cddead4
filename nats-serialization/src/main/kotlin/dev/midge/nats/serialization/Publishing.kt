package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import dev.midge.nats.serialization.internal.BoundCodec

/**
 * Sends [value], encoded as a `T`, with [headers] to [subject]; an answer is expected at [replyTo].
 *
 * Order, back-pressure, checks and cancellation are those of [NatsPublisher]. The codec is that of the receiver's registry (see
 * [withCodecs]), looked up at every call; a [TypedSubject] saves that.
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode; nothing is sent.
 */
public suspend inline fun <reified T> NatsPublisher.publish(
    subject: Subject,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: Subject? = null,
): Unit = publishBy(codecsOf(this).boundCodec<T>(), subject, value, headers, replyTo)

/** As the one with a [Subject], which saves checking and encoding it at every call. */
public suspend inline fun <reified T> NatsPublisher.publish(
    subject: String,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: String? = null,
): Unit = publishBy(codecsOf(this).boundCodec<T>(), Subject(subject), value, headers, replyTo?.let(::Subject))

/** As [publish], and returns when the message was handed to the socket, see [NatsPublisher.publishWritten]. */
public suspend inline fun <reified T> NatsPublisher.publishWritten(
    subject: Subject,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: Subject? = null,
): Unit = publishWrittenBy(codecsOf(this).boundCodec<T>(), subject, value, headers, replyTo)

/** As the one with a [Subject], which saves checking and encoding it at every call. */
public suspend inline fun <reified T> NatsPublisher.publishWritten(
    subject: String,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: String? = null,
): Unit = publishWrittenBy(codecsOf(this).boundCodec<T>(), Subject(subject), value, headers, replyTo?.let(::Subject))

/** As [publish], but never suspends and says whether the message was queued, see [NatsPublisher.tryPublish]. */
public inline fun <reified T> NatsPublisher.tryPublish(
    subject: Subject,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: Subject? = null,
): Boolean = tryPublishBy(codecsOf(this).boundCodec<T>(), subject, value, headers, replyTo)

/** As the one with a [Subject], which saves checking and encoding it at every call. */
public inline fun <reified T> NatsPublisher.tryPublish(
    subject: String,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: String? = null,
): Boolean = tryPublishBy(codecsOf(this).boundCodec<T>(), Subject(subject), value, headers, replyTo?.let(::Subject))

/** Adds [value] to the batch. One that does not encode throws from [NatsPublisher.publishBatch], and nothing of the batch is sent. */
public inline fun <reified T> PublishBatch.publish(
    subject: Subject,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: Subject? = null,
): Unit = publishBy(codecsOf(this).boundCodec<T>(), subject, value, headers, replyTo)

/** As the one with a [Subject], which saves checking and encoding it at every call. */
public inline fun <reified T> PublishBatch.publish(
    subject: String,
    value: T,
    headers: Headers = Headers.Empty,
    replyTo: String? = null,
): Unit = publishBy(codecsOf(this).boundCodec<T>(), Subject(subject), value, headers, replyTo?.let(::Subject))

/** As the one with a [Subject], without looking for the codec. */
public fun <T> PublishBatch.publish(subject: TypedSubject<T>, value: T, headers: Headers = Headers.Empty, replyTo: Subject? = null): Unit =
    publishBy(subject.codec, subject.subject, value, headers, replyTo)

@PublishedApi
internal suspend fun <T> NatsPublisher.publishBy(
    codec: BoundCodec<T>,
    subject: Subject,
    value: T,
    headers: Headers,
    replyTo: Subject?,
): Unit = publish(subject, codec.encode(value), codec.headers(headers), replyTo)

@PublishedApi
internal suspend fun <T> NatsPublisher.publishWrittenBy(
    codec: BoundCodec<T>,
    subject: Subject,
    value: T,
    headers: Headers,
    replyTo: Subject?,
): Unit = publishWritten(subject, codec.encode(value), codec.headers(headers), replyTo)

@PublishedApi
internal fun <T> NatsPublisher.tryPublishBy(
    codec: BoundCodec<T>,
    subject: Subject,
    value: T,
    headers: Headers,
    replyTo: Subject?,
): Boolean {
    val payload = codec.encode(value)
    val taken = tryPublish(subject, payload, codec.headers(headers), replyTo)
    // Its memory goes back to the pool.
    if (!taken) payload.clear()
    return taken
}

@PublishedApi
internal fun <T> PublishBatch.publishBy(codec: BoundCodec<T>, subject: Subject, value: T, headers: Headers, replyTo: Subject?): Unit =
    publish(subject, codec.encode(value), codec.headers(headers), replyTo)
