package dev.midge.nats.serialization.internal

import kotlin.reflect.KType

/** [type] as in the source. Without kotlin-reflect it says at its end that it could tell more with it. */
internal fun typeName(type: KType): String = type.toString().removeSuffix(" (Kotlin reflection is not available)")
