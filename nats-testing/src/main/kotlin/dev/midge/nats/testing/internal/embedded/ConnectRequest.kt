package dev.midge.nats.testing.internal.embedded

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.intOrNull

/** What a client's CONNECT asked for. What it left out stays as it was before; the defaults are those before any CONNECT. */
internal data class ConnectRequest(
    val verbose: Boolean = true,
    val pedantic: Boolean = true,
    val echo: Boolean = true,
    val headers: Boolean = false,
    val noResponders: Boolean = false,
    val protocol: Int = 0,
    val name: String? = null,
    val user: String? = null,
    val password: String? = null,
    val token: String? = null,
) {
    /** This one with what [json] says; the case of its keys does not matter. */
    fun updatedBy(json: String): ConnectRequest {
        val fields = fields(json).mapKeys { it.key.lowercase() }
        return ConnectRequest(
            verbose = fields["verbose"].boolean(verbose),
            pedantic = fields["pedantic"].boolean(pedantic),
            echo = fields["echo"].boolean(echo),
            headers = fields["headers"].boolean(headers),
            noResponders = fields["no_responders"].boolean(noResponders),
            protocol = fields["protocol"].int(protocol),
            name = fields["name"].text(name),
            user = fields["user"].text(user),
            password = fields["pass"].text(password),
            token = fields["auth_token"].text(token),
        )
    }

    /** Not the data class's own: it would show the password and the token. */
    override fun toString(): String = "ConnectRequest(verbose=$verbose, pedantic=$pedantic, echo=$echo, headers=$headers)"

    private companion object {
        fun fields(json: String): Map<String, JsonElement> {
            val element =
                try {
                    Json.parseToJsonElement(json)
                } catch (_: SerializationException) {
                    throw ProtocolViolation.unreadable()
                }
            // Read into a structure, as real servers do it, null changes nothing.
            if (element is JsonNull) return emptyMap()
            return element as? JsonObject ?: throw ProtocolViolation.unreadable()
        }

        fun JsonElement?.boolean(before: Boolean): Boolean = value(before) { if (it.isString) null else it.booleanOrNull }

        fun JsonElement?.int(before: Int): Int = value(before) { if (it.isString) null else it.intOrNull }

        fun JsonElement?.text(before: String?): String? = value(before) { if (it.isString) it.content else null }

        /** A field that is not there or null changes nothing; one of another type makes the whole line unreadable. */
        inline fun <T> JsonElement?.value(before: T, read: (JsonPrimitive) -> T?): T {
            if (this == null || this is JsonNull) return before
            return (this as? JsonPrimitive)?.let(read) ?: throw ProtocolViolation.unreadable()
        }
    }
}
