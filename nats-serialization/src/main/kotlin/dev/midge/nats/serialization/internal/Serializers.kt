package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.UnsupportedTypeException
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.serializer
import kotlin.reflect.KType

/** The serializer that the compiler made for [type], or that the module holds. */
internal fun SerializersModule.serializerOf(type: KType): KSerializer<Any?> = try {
    serializer(type)
} catch (e: SerializationException) {
    throw UnsupportedTypeException(typeName(type), "it is not @Serializable, or the compiler plugin is missing", e)
} catch (e: IllegalArgumentException) {
    throw UnsupportedTypeException(typeName(type), "it has type parameters that are not known here", e)
}
