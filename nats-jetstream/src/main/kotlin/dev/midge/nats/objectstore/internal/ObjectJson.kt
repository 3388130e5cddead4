package dev.midge.nats.objectstore.internal

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.texts
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectLink
import dev.midge.nats.objectstore.PutOptions
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Instant

/** The metadata of objects as it is stored (ADR-20). Fields that are not set are left out. */
internal object ObjectJson {
    fun ofPut(bucket: String, name: String, nuid: String, options: PutOptions, chunkSize: Int, read: Digested): JsonObject {
        val fields = Fields(JsonObject(mapOf("name" to JsonPrimitive(name))))
        fields.textOrNull("description").set(options.description)
        headers(fields).set(options.headers)
        fields.textMap("metadata").set(options.metadata)
        return JsonObject(
            fields.json() + mapOf(
                "options" to JsonObject(mapOf("max_chunk_size" to JsonPrimitive(chunkSize))),
                "bucket" to JsonPrimitive(bucket),
                "nuid" to JsonPrimitive(nuid),
                "size" to JsonPrimitive(read.bytes),
                "chunks" to JsonPrimitive(read.chunks),
                "digest" to JsonPrimitive(read.digest()),
            ),
        )
    }

    fun ofLink(bucket: String, name: String, nuid: String, link: ObjectLink): JsonObject {
        val target = LinkedHashMap<String, JsonElement>()
        target["bucket"] = JsonPrimitive(link.bucket)
        link.name?.let { target["name"] = JsonPrimitive(it) }
        return JsonObject(
            mapOf(
                "name" to JsonPrimitive(name),
                "options" to JsonObject(mapOf("link" to JsonObject(target))),
                "bucket" to JsonPrimitive(bucket),
                "nuid" to JsonPrimitive(nuid),
                "size" to JsonPrimitive(0),
                "chunks" to JsonPrimitive(0),
            ),
        )
    }

    /** What stays of [json] when its object is deleted. */
    fun deleted(json: JsonObject): JsonObject = JsonObject(
        json - "digest" + mapOf("size" to JsonPrimitive(0), "chunks" to JsonPrimitive(0), "deleted" to JsonPrimitive(true)),
    )

    /** [json] as it was stored at [time] with [sequence]. */
    fun info(json: JsonObject, sequence: Long, time: Instant): ObjectInfo =
        ObjectInfo(JsonObject(json + ("mtime" to JsonPrimitive(time.toString()))), sequence)

    fun headers(fields: Fields): Fields.Field<Headers> = Fields.Field(
        fields,
        "headers",
        { json -> json.obj("headers").let { map -> Headers.of(map.keys.associateWith(map::texts)) } },
        { headers -> if (headers.isEmpty()) null else JsonObject(headers.toMap().mapValues { texts(it.value) }) },
    )

    private fun texts(values: List<String>) = JsonArray(values.map(::JsonPrimitive))
}
