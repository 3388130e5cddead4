@file:OptIn(InternalNatsApi::class)

package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Subject
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.UnencodableValueException
import dev.midge.nats.serialization.UnsupportedTypeException
import dev.midge.nats.serialization.ValueCodec
import dev.midge.nats.serialization.valueCodec

/**
 * Adds [value] as a `T`, encoded here, as [JetStream.publish] would encode it.
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode. Thrown on, nothing of the batch is sent.
 * @throws IllegalArgumentException as for [AtomicBatch.publish] with the bytes.
 */
public inline fun <reified T> AtomicBatch.publish(subject: Subject, value: T, options: PublishOptions = PublishOptions.Default): Unit =
    publishBy(nats.valueCodec<T>(), subject, value, options)

/** As the one with a [Subject]. */
public inline fun <reified T> AtomicBatch.publish(subject: String, value: T, options: PublishOptions = PublishOptions.Default): Unit =
    publishBy(nats.valueCodec<T>(), Subject(subject), value, options)

/** Adds [value] with options of its own. */
public inline fun <reified T> AtomicBatch.publish(
    subject: Subject,
    value: T,
    noinline configure: PublishOptions.Builder.() -> Unit,
): Unit = publishBy(nats.valueCodec<T>(), subject, value, PublishOptions(configure))

/** Adds [value] with options of its own. */
public inline fun <reified T> AtomicBatch.publish(subject: String, value: T, noinline configure: PublishOptions.Builder.() -> Unit): Unit =
    publishBy(nats.valueCodec<T>(), Subject(subject), value, PublishOptions(configure))

/** As the one that takes the codec from the registry, by [codec]. */
public fun <T> AtomicBatch.publish(
    subject: Subject,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): Unit = publishBy(nats.valueCodec(codec), subject, value, options)

/** As the one that takes the codec from the registry, by [codec]. */
public fun <T> AtomicBatch.publish(
    subject: String,
    value: T,
    codec: PayloadCodec<T>,
    options: PublishOptions = PublishOptions.Default,
): Unit = publishBy(nats.valueCodec(codec), Subject(subject), value, options)

/**
 * Sends [value] as a `T` to [subject]: as [Ingest.publish] with the bytes, encoded as [JetStream.publish] would encode it.
 *
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws UnencodableValueException if the value does not encode; it is not sent.
 */
public suspend inline fun <reified T> Ingest.publish(subject: Subject, value: T, headers: Headers = Headers.Empty): Unit =
    publishBy(nats.valueCodec<T>(), subject, value, headers)

/** As the one with a [Subject]. */
public suspend inline fun <reified T> Ingest.publish(subject: String, value: T, headers: Headers = Headers.Empty): Unit =
    publishBy(nats.valueCodec<T>(), Subject(subject), value, headers)

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> Ingest.publish(subject: Subject, value: T, codec: PayloadCodec<T>, headers: Headers = Headers.Empty): Unit =
    publishBy(nats.valueCodec(codec), subject, value, headers)

/** As the one that takes the codec from the registry, by [codec]. */
public suspend fun <T> Ingest.publish(subject: String, value: T, codec: PayloadCodec<T>, headers: Headers = Headers.Empty): Unit =
    publishBy(nats.valueCodec(codec), Subject(subject), value, headers)

@PublishedApi
@JvmSynthetic
internal fun <T> AtomicBatch.publishBy(codec: ValueCodec<T>, subject: Subject, value: T, options: PublishOptions): Unit =
    add(subject, codec.encode(value), options, codec.headers(options.wire))

@PublishedApi
@JvmSynthetic
internal suspend fun <T> Ingest.publishBy(codec: ValueCodec<T>, subject: Subject, value: T, headers: Headers): Unit =
    publish(subject, codec.encode(value), codec.headers(headers))
