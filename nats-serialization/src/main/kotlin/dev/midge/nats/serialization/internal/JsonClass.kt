package dev.midge.nats.serialization.internal

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.elementNames

/** The shape of the class that [descriptor] is of. */
@OptIn(ExperimentalSerializationApi::class)
internal class JsonClass(private val descriptor: SerialDescriptor) {
    private val names = descriptor.elementNames.toList()
    private val isPlain = holdsNoValueClass(descriptor)

    val shape: JsonShape = JsonShape.Properties(names)

    /**
     * Whether [other], which is equal to [descriptor], is of a class that is written with [shape].
     *
     * Equal descriptors are usually the same. They are not where a generic class makes its serializers anew, and where classes with
     * properties of other names have one serial name.
     */
    fun describes(other: SerialDescriptor): Boolean =
        isPlain && (other === descriptor || (names.indices.all { names[it] == other.getElementName(it) } && holdsNoValueClass(other)))

    private fun holdsNoValueClass(of: SerialDescriptor): Boolean = (0 until of.elementsCount).none { of.getElementDescriptor(it).isInline }
}
