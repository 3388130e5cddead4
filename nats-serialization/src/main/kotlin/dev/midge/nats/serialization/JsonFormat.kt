package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.JsonShapes
import dev.midge.nats.serialization.internal.JsonWriter
import dev.midge.nats.serialization.internal.serializerOf
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.io.decodeFromSource
import kotlinx.serialization.json.io.encodeToSink
import kotlin.reflect.KType

/**
 * JSON by kotlinx-serialization, for types that are [Serializable][kotlinx.serialization.Serializable].
 *
 * Written to the payload and read from it piece by piece: neither a `String` nor an array of the whole is made.
 *
 * @param json how; unless given, as `Json` does by default, except that a property that the class does not know is passed over, and that
 *   exceptions do not quote what could not be read.
 */
public class JsonFormat(private val json: Json = Tolerant) : PayloadFormat {
    override val contentType: String
        get() = "application/json"

    override fun codec(type: KType): PayloadCodec<*> = JsonCodec(json, json.serializersModule.serializerOf(type))

    private companion object {
        @OptIn(ExperimentalSerializationApi::class)
        val Tolerant = Json {
            // A publisher may be ahead of its subscribers by a property.
            ignoreUnknownKeys = true
            // Exceptions reach logs and, as headers, other programs.
            exceptionsWithDebugInfo = false
        }
    }
}

@OptIn(ExperimentalSerializationApi::class)
private class JsonCodec(private val json: Json, private val serializer: KSerializer<Any?>) : PayloadCodec<Any?> {
    /** `null` if all is left to [json]. */
    private val shapes = if (JsonShapes.cover(json.configuration)) JsonShapes() else null

    override val contentType: String
        get() = "application/json"

    override fun encode(value: Any?, sink: Sink) {
        val shapes = shapes ?: return json.encodeToSink(serializer, value, sink)
        JsonWriter(json, shapes, sink).encodeSerializableValue(serializer, value)
    }

    override fun decode(source: Source): Any? = json.decodeFromSource(serializer, source)
}
