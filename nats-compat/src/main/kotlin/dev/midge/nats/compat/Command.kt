package dev.midge.nats.compat

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.decodeFromJsonElement

/** What a command says beside its subject; what it leaves out is empty. */
@Serializable
internal class Command(
    val url: String = "",
    val bucket: String = "",
    @SerialName("object") val name: String = "",
    @SerialName("link_name") val linkName: String = "",
    val config: JsonObject = JsonObject(emptyMap()),
) {
    /** The part that each test has in a form of its own. */
    inline fun <reified T> config(): T = json.decodeFromJsonElement(config)

    companion object {
        val json: Json = Json {
            ignoreUnknownKeys = true
            coerceInputValues = true
        }

        /** @throws IllegalArgumentException if [text] is no command. */
        fun of(text: String): Command = json.decodeFromString(text)
    }
}
