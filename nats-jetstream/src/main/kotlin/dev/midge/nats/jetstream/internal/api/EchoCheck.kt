package dev.midge.nats.jetstream.internal.api

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/**
 * Compares the configuration that was sent with the one that the server says it has. Servers before 2.12 drop what they do not know, so a
 * feature that was asked for would be missing without a word. Values may differ: servers fill in and adjust.
 */
internal object EchoCheck {
    /** The names of the fields of [sent] that [echoed] has not, such as `subject_transform` or `sources.subject_transforms`. */
    fun missing(sent: JsonObject, echoed: JsonObject): List<String> = buildList { compare(sent, echoed, "", this) }.distinct()

    private fun compare(sent: JsonElement, echoed: JsonElement?, path: String, missing: MutableList<String>) {
        when {
            sent.isUnset -> return

            echoed.isUnset -> missing += path

            sent is JsonObject && echoed is JsonObject -> compareFields(sent, echoed, path, missing)

            sent is JsonArray && echoed is JsonArray && sent.size == echoed.size ->
                sent.indices.forEach { compare(sent[it], echoed[it], path, missing) }
        }
    }

    private fun compareFields(sent: JsonObject, echoed: JsonObject, path: String, missing: MutableList<String>) {
        for ((key, value) in sent) {
            val name = if (path.isEmpty()) key else "$path.$key"
            if (name !in NOT_ECHOED) compare(value, echoed[key], name, missing)
        }
    }

    /** What is said to the server, and is no part of what it keeps. */
    private val NOT_ECHOED = setOf("pedantic")
}
