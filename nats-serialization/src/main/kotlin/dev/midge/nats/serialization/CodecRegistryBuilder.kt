package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.CodecResolution
import dev.midge.nats.serialization.internal.typeName
import kotlin.reflect.KType
import kotlin.reflect.typeOf

/** What a [CodecRegistry] is made of. Not safe to share between threads. */
public class CodecRegistryBuilder internal constructor() {
    /** Encodes the types that have no codec of their own, and decodes what does not say otherwise: JSON unless set. */
    public var format: PayloadFormat = JsonFormat()

    /**
     * Whether to send a `Content-Type` header with every message whose codec has one: for receivers that understand more than one format.
     * Off unless set, since it costs about 40 B a message.
     */
    public var sendContentType: Boolean = false

    /** What a subscription that is not told otherwise does with a message that does not decode. */
    public var undecodable: Undecodable = Undecodable.Skip

    internal val understood = mutableListOf<PayloadFormat>()
    internal val codecs = mutableMapOf<KType, PayloadCodec<*>>()

    /** Decodes received messages by one of [formats] if their `Content-Type` names it; [format] is understood anyway. */
    public fun understand(vararg formats: PayloadFormat) {
        understood += formats
    }

    /**
     * Encodes and decodes values of [type] by [codec]. The last one that is given for a type counts.
     *
     * @throws IllegalArgumentException if [type] is `ByteArray` or `ByteBuffer`, which are always sent as they are.
     */
    public fun codec(type: KType, codec: PayloadCodec<*>) {
        require(!CodecResolution.isBytes(type)) {
            "${typeName(type)} is sent as it is; give the codec to a subject of its own instead: nats.subject(name, codec)"
        }
        codecs[type] = codec
    }

    /** As the one with a [KType]. */
    public inline fun <reified T> codec(codec: PayloadCodec<T>): Unit = codec(typeOf<T>(), codec)
}
