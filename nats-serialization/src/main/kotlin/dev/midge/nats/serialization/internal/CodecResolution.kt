package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.ByteBufferCodec
import dev.midge.nats.serialization.BytesCodec
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.PayloadFormat
import dev.midge.nats.serialization.TextCodec
import java.nio.ByteBuffer
import kotlin.reflect.KClass
import kotlin.reflect.KType

/** Finds the codec of a type among those of its kind, those that were registered, and what the format makes. */
internal class CodecResolution(private val format: PayloadFormat, private val registered: Map<KType, PayloadCodec<*>>) {
    fun codec(type: KType): PayloadCodec<*> {
        bytes(type)?.let { return nullChecked(it, type) }
        registered[type]?.let { return it }
        (registeredForNonNull(type) ?: DEFAULTS[type.classifier])?.let { return nullChecked(it, type) }
        val codec = format.codec(type)
        return if (mayHoldBytes(type)) bytesAsTheyAre(codec) else codec
    }

    /** A codec for `T` serves for `T?` as well, as long as there is a value. */
    private fun registeredForNonNull(type: KType): PayloadCodec<*>? {
        if (!type.isMarkedNullable) return null
        return registered.entries.firstOrNull { it.key.classifier == type.classifier && it.key.arguments == type.arguments }?.value
    }

    private fun nullChecked(codec: PayloadCodec<*>, type: KType): PayloadCodec<*> =
        if (type.isMarkedNullable) NonNullCodec(codec, typeName(type)) else codec

    companion object {
        private val DEFAULTS: Map<KClass<*>, PayloadCodec<*>> = mapOf(String::class to TextCodec, Unit::class to UnitCodec)

        fun isBytes(type: KType): Boolean = bytes(type) != null

        private fun bytes(type: KType): PayloadCodec<*>? = when (type.classifier) {
            ByteArray::class -> BytesCodec
            ByteBuffer::class -> ByteBufferCodec
            else -> null
        }

        /** Of `Any`, say: a value of it may turn out to be bytes. */
        private fun mayHoldBytes(type: KType): Boolean {
            val of = (type.classifier as? KClass<*>)?.java ?: return false
            return of.isAssignableFrom(ByteArray::class.java) || of.isAssignableFrom(ByteBuffer::class.java)
        }

        @Suppress("UNCHECKED_CAST")
        private fun bytesAsTheyAre(codec: PayloadCodec<*>): PayloadCodec<*> = BytesAsTheyAreCodec(codec as PayloadCodec<Any?>)
    }
}
