package dev.midge.nats.serialization.internal

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.InternalSerializationApi
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.internal.GeneratedSerializer
import kotlinx.serialization.json.ClassDiscriminatorMode
import kotlinx.serialization.json.JsonConfiguration
import java.util.concurrent.ConcurrentHashMap

/**
 * What [JsonWriter] can write: by serializers that the compiler made and those of kotlinx-serialization itself, of which it is known what
 * they ask of an encoder. Shapes of classes are made when first seen and kept.
 */
@OptIn(ExperimentalSerializationApi::class, InternalSerializationApi::class)
internal class JsonShapes {
    /** By their descriptors: two classes may share an entry, for descriptors are equal whatever their properties are called. */
    private val classes = ConcurrentHashMap<SerialDescriptor, JsonClass>()

    /** For a descriptor of a serializer that is among those that [writes] says. */
    fun of(descriptor: SerialDescriptor): JsonShape = when (descriptor.kind) {
        StructureKind.LIST -> JsonShape.Elements
        StructureKind.MAP -> JsonShape.Entries
        else -> known(descriptor).shape
    }

    fun writes(serializer: SerializationStrategy<*>): Boolean {
        val descriptor = serializer.descriptor
        // A value class is written as what it holds, which may be unsigned.
        if (descriptor.isInline) return false
        // `null`, or the value by the serializer of the type, which is asked about then.
        if (descriptor.isNullable) return OWN.get(serializer.javaClass)
        return when (descriptor.kind) {
            StructureKind.CLASS -> serializer is GeneratedSerializer<*> && known(descriptor).describes(descriptor)
            StructureKind.LIST, is PrimitiveKind -> OWN.get(serializer.javaClass)
            StructureKind.MAP -> OWN.get(serializer.javaClass) && descriptor.getElementDescriptor(0).isText()
            SerialKind.ENUM -> OWN.get(serializer.javaClass) || serializer is GeneratedSerializer<*>
            else -> false
        }
    }

    private fun known(descriptor: SerialDescriptor): JsonClass =
        classes[descriptor] ?: JsonClass(descriptor).let { classes.putIfAbsent(descriptor, it) ?: it }

    private fun SerialDescriptor.isText(): Boolean = kind == PrimitiveKind.STRING && !isNullable && !isInline

    companion object {
        /** Whether a serializer is one of kotlinx-serialization's own, for types of Kotlin. */
        private val OWN = object : ClassValue<Boolean>() {
            override fun computeValue(type: Class<*>): Boolean = type.packageName == "kotlinx.serialization.internal"
        }

        /** Whether JSON in this configuration is what [JsonWriter] writes. */
        fun cover(configuration: JsonConfiguration): Boolean = !configuration.prettyPrint &&
            configuration.explicitNulls &&
            configuration.namingStrategy == null &&
            !configuration.allowSpecialFloatingPointValues &&
            configuration.classDiscriminatorMode != ClassDiscriminatorMode.ALL_JSON_OBJECTS
    }
}
