@file:OptIn(InternalNatsApi::class)

package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.UnencodableValueException
import dev.midge.nats.serialization.UnsupportedTypeException
import dev.midge.nats.serialization.ValueCodec
import dev.midge.nats.serialization.valueCodec
import dev.midge.nats.serialization.withCodecs
import kotlinx.coroutines.Deferred

/**
 * Publishes [value] as a `T` to [subject] and returns when a stream has stored it: as [JetStream.publish] with the bytes.
 *
 * The codec is that of the client's registry (see [withCodecs]), which also says whether a `Content-Type` header goes out; one among the
 * options' own headers stays as it is. The value is encoded once, however often it is sent.
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode; nothing is sent.
 */
public suspend inline fun <reified T> JetStream.publish(
    subject: Subject,
    value: T,
    options: PublishOptions = PublishOptions.Default,
): PublishAck = publishBy(nats.valueCodec<T>(), subject, value, options)

/** As the one with a [Subject]. */
public suspend inline fun <reified T> JetStream.publish(
    subject: String,
    value: T,
    options: PublishOptions = PublishOptions.Default,
): PublishAck = publishBy(nats.valueCodec<T>(), Subject(subject), value, options)

/** As the one with [PublishOptions], which [configure] sets for this message. */
public suspend inline fun <reified T> JetStream.publish(
    subject: Subject,
    value: T,
    noinline configure: PublishOptions.Builder.() -> Unit,
): PublishAck = publishBy(nats.valueCodec<T>(), subject, value, PublishOptions(configure))

/** As the one with [PublishOptions], which [configure] sets for this message. */
public suspend inline fun <reified T> JetStream.publish(
    subject: String,
    value: T,
    noinline configure: PublishOptions.Builder.() -> Unit,
): PublishAck = publishBy(nats.valueCodec<T>(), Subject(subject), value, PublishOptions(configure))

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> JetStream.publish(
    subject: Subject,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): PublishAck = publishBy(nats.valueCodec(codec), subject, value, options)

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> JetStream.publish(
    subject: String,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): PublishAck = publishBy(nats.valueCodec(codec), Subject(subject), value, options)

/**
 * As [publish], but returns when the message is on its way, see [JetStream.publishAsync].
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode; nothing is sent.
 */
public suspend inline fun <reified T> JetStream.publishAsync(
    subject: Subject,
    value: T,
    options: PublishOptions = PublishOptions.Default,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec<T>(), subject, value, options)

/** As the one with a [Subject]. */
public suspend inline fun <reified T> JetStream.publishAsync(
    subject: String,
    value: T,
    options: PublishOptions = PublishOptions.Default,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec<T>(), Subject(subject), value, options)

/** As the one with [PublishOptions], which [configure] sets for this message. */
public suspend inline fun <reified T> JetStream.publishAsync(
    subject: Subject,
    value: T,
    noinline configure: PublishOptions.Builder.() -> Unit,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec<T>(), subject, value, PublishOptions(configure))

/** As the one with [PublishOptions], which [configure] sets for this message. */
public suspend inline fun <reified T> JetStream.publishAsync(
    subject: String,
    value: T,
    noinline configure: PublishOptions.Builder.() -> Unit,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec<T>(), Subject(subject), value, PublishOptions(configure))

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> JetStream.publishAsync(
    subject: Subject,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec(codec), subject, value, options)

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> JetStream.publishAsync(
    subject: String,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): Deferred<PublishAck> = publishAsyncBy(nats.valueCodec(codec), Subject(subject), value, options)

/**
 * The message that carries [value], for [JetStream.publishAll]: encoded here, as [publish] would encode it.
 *
 * ```
 * js.publishAll(orders.map { js.outgoing("orders.new", it) }).collect()
 * ```
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode.
 */
public inline fun <reified T> JetStream.outgoing(subject: Subject, value: T, headers: Headers = Headers.Empty): OutgoingMessage =
    outgoingBy(nats.valueCodec<T>(), subject, value, headers)

/** As the one with a [Subject]. */
public inline fun <reified T> JetStream.outgoing(subject: String, value: T, headers: Headers = Headers.Empty): OutgoingMessage =
    outgoingBy(nats.valueCodec<T>(), Subject(subject), value, headers)

/** As the one that takes the codec from the registry, by [codec]. */
public fun <T> JetStream.outgoing(subject: Subject, value: T, codec: PayloadCodec<T>, headers: Headers = Headers.Empty): OutgoingMessage =
    outgoingBy(nats.valueCodec(codec), subject, value, headers)

/** As the one that takes the codec from the registry, by [codec]. */
public fun <T> JetStream.outgoing(subject: String, value: T, codec: PayloadCodec<T>, headers: Headers = Headers.Empty): OutgoingMessage =
    outgoingBy(nats.valueCodec(codec), Subject(subject), value, headers)

@PublishedApi
@JvmSynthetic
internal suspend fun <T> JetStream.publishBy(codec: ValueCodec<T>, subject: Subject, value: T, options: PublishOptions): PublishAck =
    publishing.publish(subject, codec.encode(value), options, codec.headers(options.wire))

@PublishedApi
@JvmSynthetic
internal suspend fun <T> JetStream.publishAsyncBy(
    codec: ValueCodec<T>,
    subject: Subject,
    value: T,
    options: PublishOptions,
): Deferred<PublishAck> = publishing.publishAsync(subject, codec.encode(value), options, codec.headers(options.wire))

@PublishedApi
@JvmSynthetic
internal fun <T> outgoingBy(codec: ValueCodec<T>, subject: Subject, value: T, headers: Headers): OutgoingMessage =
    OutgoingMessage(subject, codec.encode(value), codec.headers(headers))
