package dev.midge.nats.services.internal

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull

// Reads what services and servers say. Absent is zero, false or empty; so is `null`, and so is what has another type than the field.

internal fun JsonObject.textOrNull(key: String): String? = (this[key] as? JsonPrimitive)?.contentOrNull?.takeIf { it.isNotEmpty() }

internal fun JsonObject.text(key: String): String = textOrNull(key).orEmpty()

internal fun JsonObject.number(key: String): Long = textOrNull(key)?.toLongOrNull() ?: 0

internal fun JsonObject.obj(key: String): JsonObject = this[key] as? JsonObject ?: NoFields

internal fun JsonObject.objects(key: String): List<JsonObject> = (this[key] as? JsonArray).orEmpty().filterIsInstance<JsonObject>()

internal fun JsonObject.textMap(key: String): Map<String, String> =
    obj(key).mapNotNull { (name, value) -> (value as? JsonPrimitive)?.contentOrNull?.let { name to it } }.toMap()

private val NoFields = JsonObject(emptyMap())
