@file:OptIn(InternalNatsApi::class)

package dev.midge.nats.jetstream

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.UnsupportedTypeException
import dev.midge.nats.serialization.ValueCodec
import dev.midge.nats.serialization.valueCodec
import dev.midge.nats.serialization.withCodecs

/**
 * The payload as a `T`, decoded at each call by the codec that the client's registry has for it (see [withCodecs]), or in the format that the
 * message's `Content-Type` names.
 *
 * ```
 * consumer.consume { message -> bill(message.value<Order>()) }
 * ```
 *
 * A message that does not decode has said nothing: acknowledge or terminate it. [NatsConsumer.consume] terminates it if its handler throws
 * the exception on.
 *
 * @throws UndecodableMessageException if the payload is no `T`.
 * @throws UnsupportedTypeException if there is no codec for `T`.
 */
public inline fun <reified T> JetStreamMessage.value(): T = decode(nats.valueCodec<T>())

/**
 * The payload as what [codec] makes of it, whatever the registry and the message's `Content-Type` say.
 *
 * @throws UndecodableMessageException if the codec fails.
 */
public fun <T> JetStreamMessage.value(codec: PayloadCodec<T>): T = decode(nats.valueCodec(codec))

/**
 * The payload as a `T`, as the one of a [JetStreamMessage].
 *
 * @throws UndecodableMessageException if the payload is no `T`.
 * @throws UnsupportedTypeException if there is no codec for `T`.
 */
public inline fun <reified T> StoredMessage.value(): T = decode(nats.valueCodec<T>())

/**
 * The payload as what [codec] makes of it, whatever the registry and the message's `Content-Type` say.
 *
 * @throws UndecodableMessageException if the codec fails.
 */
public fun <T> StoredMessage.value(codec: PayloadCodec<T>): T = decode(nats.valueCodec(codec))

@PublishedApi
@JvmSynthetic
internal fun <T> JetStreamMessage.decode(codec: ValueCodec<T>): T = codec.decode(raw)

@PublishedApi
@JvmSynthetic
internal fun <T> StoredMessage.decode(codec: ValueCodec<T>): T = codec.decode(NatsMessage(subject, payload, headers))
