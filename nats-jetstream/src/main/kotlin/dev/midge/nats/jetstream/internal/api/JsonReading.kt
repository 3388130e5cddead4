package dev.midge.nats.jetstream.internal.api

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

// Reads what a server sends. Absent is zero, false or empty; so is `null`, and so is what has another type than the field of that name.

internal val EmptyJson: JsonObject = JsonObject(emptyMap())

private fun JsonObject.primitive(key: String): String? = (this[key] as? JsonPrimitive)?.contentOrNull

internal fun JsonObject.textOrNull(key: String): String? = primitive(key)?.takeIf { it.isNotEmpty() }

internal fun JsonObject.text(key: String): String = primitive(key) ?: ""

internal fun JsonObject.flag(key: String): Boolean = primitive(key) == "true"

/**
 * A count or a sequence. The server's are unsigned: what is beyond 2^63 - 1 is a count that went below zero there, which some releases show;
 * no stream gets that far. It is read as the largest number.
 */
internal fun JsonObject.number(key: String): Long = numberOrNull(key) ?: 0

internal fun JsonObject.numberOrNull(key: String): Long? {
    val text = primitive(key) ?: return null
    return text.toLongOrNull() ?: text.toULongOrNull()?.let { Long.MAX_VALUE }
}

internal fun JsonObject.int(key: String): Int = number(key).coerceIn(Int.MIN_VALUE.toLong(), Int.MAX_VALUE.toLong()).toInt()

/** Durations are whole nanoseconds everywhere in the API. */
internal fun JsonObject.duration(key: String): Duration = number(key).nanoseconds

/** A moment, to the nanosecond; `null` also for the year 1, by which the server says that there is none. */
internal fun JsonObject.time(key: String): Instant? = primitive(key)?.let(::parseTime)

internal fun JsonObject.objectOrNull(key: String): JsonObject? = this[key] as? JsonObject

internal fun JsonObject.obj(key: String): JsonObject = objectOrNull(key) ?: EmptyJson

internal fun JsonObject.objects(key: String): List<JsonObject> = list(key).filterIsInstance<JsonObject>()

internal fun JsonObject.texts(key: String): List<String> = list(key).mapNotNull { (it as? JsonPrimitive)?.contentOrNull }

internal fun JsonObject.textMap(key: String): Map<String, String> =
    obj(key).mapNotNull { (name, value) -> (value as? JsonPrimitive)?.contentOrNull?.let { name to it } }.toMap()

/** Metadata whose names begin so are the server's own. */
internal const val SERVERS_OWN: String = "_nats."

/** The metadata of those who made it, without the server's own. */
internal fun JsonObject.ownMetadata(): Map<String, String> = textMap("metadata").filterKeys { !it.startsWith(SERVERS_OWN) }

internal fun JsonObject.numberMap(key: String): Map<String, Long> = obj(key).let { map -> map.keys.associateWith(map::number) }

private fun JsonObject.list(key: String): List<JsonElement> = this[key] as? JsonArray ?: emptyList()

/** Whether the server would read the same without it. */
internal val JsonElement?.isUnset: Boolean
    get() = when (this) {
        null, JsonNull -> true
        is JsonObject -> values.all { it.isUnset }
        is JsonArray -> isEmpty()
        is JsonPrimitive -> if (isString) content.isEmpty() else content == "false" || content == "0"
    }
