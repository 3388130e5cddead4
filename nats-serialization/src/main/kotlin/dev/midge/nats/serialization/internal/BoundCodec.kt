package dev.midge.nats.serialization.internal

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.Headers
import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsMessage
import dev.midge.nats.serialization.ByteBufferCodec
import dev.midge.nats.serialization.BytesCodec
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.PayloadFormat
import dev.midge.nats.serialization.TextCodec
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.UnencodableValueException
import dev.midge.nats.serialization.UnsupportedTypeException
import kotlinx.io.Buffer
import kotlinx.io.Source
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import kotlin.reflect.KType

/**
 * A codec, and all that a registry has to say about values of its type: what typed calls work with. One that did not come from a registry
 * costs nothing but itself, so that it can be made for a single message.
 *
 * @param type `null` for a codec that did not come from a registry; then no other format is understood.
 */
@PublishedApi
internal class BoundCodec<T>(codec: PayloadCodec<*>, private val type: KType?, val registry: CodecRegistry) {
    @Suppress("UNCHECKED_CAST")
    val codec: PayloadCodec<T> = codec as PayloadCodec<T>
    private val name: String
        get() = type?.let(::typeName) ?: codec.typeName
    private val view: ((ByteArray) -> T)? = viewBy(codec)
    private val ownMediaType = if (type == null) null else codec.contentType?.let(MediaType::of)
    private val contentType = codec.contentType?.takeIf { registry.sendsContentType }

    /** Shared by all messages without headers of their own, so that its wire bytes are encoded once. Two in a race are equal. */
    @Volatile
    private var contentTypeAlone: Headers? = null

    /** This type in the other formats, by their media types, filled as they come. Not by format: a user's may be equal to another one. */
    private val inFormats = if (type == null) null else ConcurrentHashMap<String, PayloadCodec<T>>()

    /**
     * The payload for [value], in pooled memory that whoever publishes it gives back.
     *
     * @throws UnencodableValueException if the codec fails.
     */
    fun encode(value: T): Buffer {
        val payload = Buffer()
        try {
            codec.encode(value, payload)
        } catch (e: Exception) {
            unencodable(value, payload, e)
        } catch (e: StackOverflowError) {
            // An object that contains itself.
            unencodable(value, payload, e)
        }
        return payload
    }

    private fun unencodable(value: T, payload: Buffer, cause: Throwable): Nothing {
        payload.clear()
        throw UnencodableValueException(name, cause, value?.javaClass?.typeName ?: "null")
    }

    /** [headers] as they go out. */
    fun headers(headers: Headers): Headers = when {
        contentType == null || MediaType.HEADER in headers -> headers
        headers.isEmpty() -> contentTypeAlone ?: Headers.of(MediaType.HEADER to contentType).also { contentTypeAlone = it }
        else -> headers.with(MediaType.HEADER, contentType)
    }

    /** @throws UndecodableMessageException if [message] holds no value of this type. */
    fun decode(message: NatsMessage): T {
        if (view != null) return view(message.payload)
        return decode({ message.headers }, message::source) { message }
    }

    /**
     * As the one for a message of one's own, reading the bytes where they were received.
     *
     * @throws UndecodableMessageException if [message] holds no value of this type; it has a copy.
     */
    @OptIn(DelicateNatsApi::class)
    fun decode(message: BorrowedMessage): T {
        if (view != null) return view(message.payload())
        return decode({ message.headers }, message::source, message::toMessage)
    }

    private inline fun decode(headers: () -> Headers, source: () -> Source, undecoded: () -> NatsMessage): T {
        try {
            return codecOf(headers).decode(source())
        } catch (e: Exception) {
            throw UndecodableMessageException(undecoded(), name, e)
        } catch (e: StackOverflowError) {
            // Brackets within brackets within brackets.
            throw UndecodableMessageException(undecoded(), name, e)
        }
    }

    private inline fun codecOf(headersOf: () -> Headers): PayloadCodec<T> {
        if (type == null || inFormats == null) return codec
        val headers = try {
            headersOf()
        } catch (e: MalformedHeadersException) {
            return codec
        }
        if (headers.isEmpty()) return codec
        val named = MediaType.of(headers[MediaType.HEADER] ?: return codec)
        if (named == ownMediaType) return codec
        val format = registry.format(named) ?: return codec
        return inFormats[named] ?: codecIn(format, type).let { inFormats.putIfAbsent(named, it) ?: it }
    }

    @Suppress("UNCHECKED_CAST")
    private fun codecIn(format: PayloadFormat, type: KType): PayloadCodec<T> = try {
        format.codec(type) as PayloadCodec<T>
    } catch (e: UnsupportedTypeException) {
        codec
    }

    private companion object {
        /** For codecs to which any payload is a value, and which need not go through a Source for it. */
        @Suppress("UNCHECKED_CAST")
        fun <T> viewBy(codec: PayloadCodec<*>): ((ByteArray) -> T)? = when (codec) {
            BytesCodec -> { payload -> payload as T }
            ByteBufferCodec -> { payload -> ByteBuffer.wrap(payload) as T }
            TextCodec -> { payload -> payload.decodeToString() as T }
            UnitCodec -> { _ -> Unit as T }
            else -> null
        }
    }
}
