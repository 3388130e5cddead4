package dev.midge.nats.internal.context

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import java.nio.file.Path

/** The fields of a context's JSON. Absent, `null`, empty and of another type are the same. */
internal class ContextFile(private val json: JsonObject, private val home: Path) {
    fun text(field: String): String? = (json[field] as? JsonPrimitive)?.contentOrNull?.takeIf { it.isNotEmpty() }

    fun flag(field: String): Boolean = text(field) == "true"

    /** The file that [field] names; `~` at its beginning is the home directory. */
    fun file(field: String): Path? {
        val name = text(field) ?: return null
        if (name == "~") return home
        return if (name.startsWith("~/") || name.startsWith("~\\")) home.resolve(name.drop(2)) else Path.of(name)
    }
}
