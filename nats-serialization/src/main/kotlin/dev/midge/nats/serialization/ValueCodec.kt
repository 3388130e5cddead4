package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.serialization.internal.BoundCodec
import kotlinx.io.readByteArray

/**
 * How values of one type go into payloads and come out of them: for modules that carry values in messages of their own.
 *
 * Used by any number of threads at once.
 */
@InternalNatsApi
public class ValueCodec<T> @PublishedApi internal constructor(private val bound: BoundCodec<T>) {
    /**
     * The payload for [value].
     *
     * @throws UnencodableValueException if the codec fails.
     */
    public fun encode(value: T): ByteArray = bound.encode(value).readByteArray()

    /** [headers] as they go out with such a payload. */
    public fun headers(headers: Headers): Headers = bound.headers(headers)

    /** @throws UndecodableMessageException if [message] holds no value of this type. */
    public fun decode(message: NatsMessage): T = bound.decode(message)

    override fun toString(): String = "ValueCodec(${bound.codec.typeName})"
}

/**
 * The codec for `T` of the registry that comes with this connection, see [withCodecs].
 *
 * @throws UnsupportedTypeException if there is none.
 */
@InternalNatsApi
public inline fun <reified T> NatsOperations.valueCodec(): ValueCodec<T> = ValueCodec(codecsOf(this).boundCodec<T>())

/** [codec] itself, whatever the registry and a message's `Content-Type` say. */
@InternalNatsApi
public fun <T> NatsOperations.valueCodec(codec: PayloadCodec<T>): ValueCodec<T> = ValueCodec(BoundCodec(codec, null, codecsOf(this)))
