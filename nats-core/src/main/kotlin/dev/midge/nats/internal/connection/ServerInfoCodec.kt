package dev.midge.nats.internal.connection

import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerInfo
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Reads the JSON of INFO. Fields that this version does not know are skipped, missing ones have the protocol's defaults. */
internal object ServerInfoCodec {
    /** The largest clusters have some hundred servers; each is one name and perhaps two addresses. */
    const val MAX_CONNECT_URLS: Int = 1_024

    /** Characters of a text. A host name has at most 253. */
    const val MAX_TEXT: Int = 1_024

    /** All fields and the most `connect_urls`, several times over. As a tree, small values take tens of times the memory of their text. */
    const val MAX_VALUES: Int = 8_192
    private const val LAST_PORT = 65_535L

    /**
     * @throws ProtocolException if [text] is no JSON object, a field has another type or range than the protocol says, or there is more
     * than a server would send: long texts, thousands of `connect_urls`, deep nesting.
     */
    fun decode(text: String): ServerInfo {
        val fields = Fields(parse(text))
        return ServerInfo(
            serverId = fields.text("server_id"),
            serverName = fields.text("server_name"),
            version = fields.text("version"),
            protocol = fields.number("proto", max = Int.MAX_VALUE.toLong()).toInt(),
            host = fields.text("host"),
            port = fields.number("port", max = LAST_PORT).toInt(),
            headers = fields.flag("headers"),
            maxPayload = fields.number("max_payload", ServerInfo.DEFAULT_MAX_PAYLOAD),
            authRequired = fields.flag("auth_required"),
            tlsRequired = fields.flag("tls_required"),
            tlsAvailable = fields.flag("tls_available"),
            clientId = fields.number("client_id"),
            clientIp = fields.text("client_ip"),
            cluster = fields.text("cluster"),
            connectUrls = fields.texts("connect_urls"),
            lameDuck = fields.flag("ldm"),
            jetStream = fields.flag("jetstream"),
            nonce = fields.text("nonce"),
        )
    }

    private fun parse(text: String): JsonObject {
        if (values(text) > MAX_VALUES) throw ProtocolException("INFO has more than $MAX_VALUES values")
        val element = try {
            Json.parseToJsonElement(text)
        } catch (e: SerializationException) {
            throw ProtocolException("INFO is not JSON: ${e.message?.lineSequence()?.first()}")
        }
        return element as? JsonObject ?: throw ProtocolException("INFO is not a JSON object")
    }

    /** How many values [json] has, at most: the parser, which bounds their depth itself, makes an object of each. */
    private fun values(json: String): Int {
        var count = 1
        var inText = false
        var at = 0
        while (at < json.length) {
            when (json[at]) {
                '"' -> inText = !inText

                // What is escaped may be a quote.
                '\\' -> if (inText) at++

                ',', '[', '{' -> if (!inText) count++
            }
            at++
        }
        return count
    }

    private class Fields(private val json: JsonObject) {
        fun text(name: String): String = primitive(name)?.let { asText(name, it) }.orEmpty()

        fun texts(name: String): List<String> = when (val value = json[name]) {
            null, JsonNull -> emptyList()
            is JsonArray -> if (value.size > MAX_CONNECT_URLS) tooLong(name) else value.map { asText(name, it) }
            else -> wrong(name)
        }

        fun flag(name: String): Boolean = when (primitive(name)?.content) {
            null, "false" -> false
            "true" -> true
            else -> wrong(name)
        }

        fun number(name: String, default: Long = 0, max: Long = Long.MAX_VALUE): Long {
            val value = primitive(name) ?: return default
            return value.content.toLongOrNull()?.takeIf { it in 0..max } ?: wrong(name)
        }

        private fun primitive(name: String): JsonPrimitive? = when (val value = json[name]) {
            null, JsonNull -> null
            is JsonPrimitive -> value
            else -> wrong(name)
        }

        private fun asText(name: String, value: JsonElement): String {
            if (value !is JsonPrimitive || !value.isString) wrong(name)
            return if (value.content.length > MAX_TEXT) tooLong(name) else value.content
        }

        private fun wrong(name: String): Nothing =
            throw ProtocolException("the field '$name' of INFO is of another type or range than the protocol says")

        private fun tooLong(name: String): Nothing = throw ProtocolException("the field '$name' of INFO is longer than a server would send")
    }
}
