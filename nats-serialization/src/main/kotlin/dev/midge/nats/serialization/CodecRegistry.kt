package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.BoundCodec
import dev.midge.nats.serialization.internal.CodecResolution
import dev.midge.nats.serialization.internal.MediaType
import java.util.concurrent.ConcurrentHashMap
import kotlin.reflect.KType
import kotlin.reflect.typeOf

/**
 * Which codec goes with which type, and with which `Content-Type`.
 *
 * A type is encoded by, in this order: what it is itself (`ByteArray` and `ByteBuffer` are always sent as they are), a codec that was
 * registered for it, what it is by default (`String` as UTF-8 text, `Unit` as an empty payload), the [format]. A received message whose
 * `Content-Type` header names a format of this registry is decoded by that one, any other by the codec of the type.
 *
 * Immutable, and safe to share between threads. Codecs are made when first asked for and kept: make one registry for a program.
 */
public class CodecRegistry internal constructor(builder: CodecRegistryBuilder) {
    /** What encodes the types that have no codec of their own. */
    public val format: PayloadFormat = builder.format

    /** Whether messages are sent with a `Content-Type` header, which costs about 40 B each. */
    public val sendsContentType: Boolean = builder.sendContentType

    /** What a subscription that is not told otherwise does with a message that does not decode. */
    public val undecodable: Undecodable = builder.undecodable

    private val resolution = CodecResolution(format, builder.codecs.toMap())
    private val formats: Map<String, PayloadFormat> = (builder.understood + format).associateBy { MediaType.of(it.contentType) }
    private val byType = ConcurrentHashMap<KType, BoundCodec<*>>()

    /** The same for types without arguments, by the class of an array of them: found without making a [KType]. */
    private val byArrayClass = ConcurrentHashMap<Class<*>, BoundCodec<*>>()

    /**
     * The codec for values of [type].
     *
     * @throws UnsupportedTypeException if there is none.
     */
    public fun codec(type: KType): PayloadCodec<*> = bound(type).codec

    /** As the one with a [KType]. */
    public inline fun <reified T> codec(): PayloadCodec<T> = boundCodec<T>().codec

    /** The format of this media type, in the form of [MediaType.of], or `null`. */
    internal fun format(mediaType: String): PayloadFormat? = formats[mediaType]

    @PublishedApi
    internal inline fun <reified T> boundCodec(): BoundCodec<T> {
        val arrayClass = emptyArray<T>().javaClass
        @Suppress("UNCHECKED_CAST")
        return (if (null is T) bound(typeOf<T>()) else known(arrayClass) ?: learn(arrayClass, typeOf<T>())) as BoundCodec<T>
    }

    @PublishedApi
    internal fun known(arrayClass: Class<*>): BoundCodec<*>? = byArrayClass[arrayClass]

    @PublishedApi
    internal fun learn(arrayClass: Class<*>, type: KType): BoundCodec<*> {
        val codec = bound(type)
        // All lists are of one class.
        if (type.arguments.isEmpty()) byArrayClass[arrayClass] = codec
        return codec
    }

    @PublishedApi
    internal fun bound(type: KType): BoundCodec<*> =
        byType[type] ?: BoundCodec<Any?>(resolution.codec(type), type, this).let { byType.putIfAbsent(type, it) ?: it }

    /** Registries that serve without being asked for. */
    public companion object {
        /** JSON by kotlinx-serialization, no `Content-Type`: what typed calls use unless told otherwise, see [withCodecs]. */
        @JvmField
        public val Default: CodecRegistry = CodecRegistry {}
    }
}

/**
 * Makes a registry.
 *
 * ```
 * val codecs = CodecRegistry {
 *     format = JacksonFormat.messagePack()
 *     understand(JsonFormat())
 *     codec(PointCodec)
 *     sendContentType = true
 * }
 * ```
 */
public fun CodecRegistry(configure: CodecRegistryBuilder.() -> Unit): CodecRegistry = CodecRegistry(CodecRegistryBuilder().apply(configure))
