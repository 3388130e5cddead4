package dev.midge.nats.services

import kotlinx.serialization.json.JsonObject

/**
 * What somebody else has said, as its JSON: two are equal if that is, and it is what they show. Fields that this version does not know stay
 * in it. Immutable.
 */
public abstract class JsonValue internal constructor(internal val json: JsonObject) {
    final override fun equals(other: Any?): Boolean = other is JsonValue && javaClass == other.javaClass && json == other.json

    final override fun hashCode(): Int = json.hashCode()

    /** The JSON. */
    final override fun toString(): String = json.toString()
}
