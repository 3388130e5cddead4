package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.PayloadCodec
import java.lang.reflect.ParameterizedType
import java.lang.reflect.TypeVariable
import kotlin.reflect.KType

/** [type] as in the source. Without kotlin-reflect it says at its end that it could tell more with it. */
internal fun typeName(type: KType): String = type.toString().removeSuffix(" (Kotlin reflection is not available)")

/** What values a codec of this class has, as far as it says so: `object PointCodec : PayloadCodec<Point>` does, one for any `T` does not. */
internal fun nameOfValues(codec: Class<*>): String {
    val type = generateSequence(codec) { it.superclass }
        .flatMap { it.genericInterfaces.asSequence() }
        .filterIsInstance<ParameterizedType>()
        .firstOrNull { it.rawType == PayloadCodec::class.java }
        ?.actualTypeArguments
        ?.single()
    return if (type == null || type is TypeVariable<*>) "a value of ${codec.name}" else type.typeName
}
