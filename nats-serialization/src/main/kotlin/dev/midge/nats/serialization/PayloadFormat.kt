package dev.midge.nats.serialization

import kotlin.reflect.KType

/**
 * Makes codecs for many types: JSON, CBOR and the like.
 *
 * A [CodecRegistry] asks it once for each type and keeps the answer. Immutable and safe to share between threads.
 */
public interface PayloadFormat {
    /** The media type of all its payloads, without parameters, such as `application/json`. */
    public val contentType: String

    /**
     * A codec for values of [type].
     *
     * @throws UnsupportedTypeException if the format knows no way to encode and decode [type].
     */
    public fun codec(type: KType): PayloadCodec<*>
}
