package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.databind.JavaType
import java.lang.reflect.GenericArrayType
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.lang.reflect.WildcardType

/** Whose class a type is. */
internal object ClassLoaders {
    /** The loader of the first class within [type] whose loader is [wanted]; `null` if there is none. */
    fun of(type: Type, wanted: (ClassLoader) -> Boolean): ClassLoader? = when (type) {
        // That of an array is the one of its elements; the JDK's own classes have none.
        is Class<*> -> type.classLoader?.takeIf(wanted)

        is ParameterizedType -> of(type.rawType, wanted) ?: ofFirst(type.actualTypeArguments.asList(), wanted)

        is GenericArrayType -> of(type.genericComponentType, wanted)

        is WildcardType -> ofFirst(type.upperBounds.asList() + type.lowerBounds, wanted)

        is JavaType -> of(type.rawClass, wanted) ?: ofFirst(type.bindings.typeParameters, wanted)

        else -> null
    }

    private fun ofFirst(types: List<Type>, wanted: (ClassLoader) -> Boolean): ClassLoader? = types.firstNotNullOfOrNull { of(it, wanted) }

    /** Whether [loader] finds what [other] has: [other] is the same, or one that it asks first. */
    fun sees(loader: ClassLoader, other: ClassLoader): Boolean = generateSequence(loader) { it.parent }.any { it === other }
}
