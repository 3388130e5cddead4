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
    /** @throws ProtocolException if [text] is no JSON object, or a field has another type than the protocol says. */
    fun decode(text: String): ServerInfo {
        val fields = Fields(parse(text))
        return ServerInfo(
            serverId = fields.text("server_id"),
            serverName = fields.text("server_name"),
            version = fields.text("version"),
            protocol = fields.number("proto").toInt(),
            host = fields.text("host"),
            port = fields.number("port").toInt(),
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
        val element = try {
            Json.parseToJsonElement(text)
        } catch (e: SerializationException) {
            throw ProtocolException("INFO is not JSON: ${e.message?.lineSequence()?.first()}")
        }
        return element as? JsonObject ?: throw ProtocolException("INFO is not a JSON object")
    }

    private class Fields(private val json: JsonObject) {
        fun text(name: String): String = primitive(name)?.let { asText(name, it) }.orEmpty()

        fun texts(name: String): List<String> = when (val value = json[name]) {
            null, JsonNull -> emptyList()
            is JsonArray -> value.map { asText(name, it) }
            else -> wrong(name)
        }

        fun flag(name: String): Boolean = when (primitive(name)?.content) {
            null, "false" -> false
            "true" -> true
            else -> wrong(name)
        }

        fun number(name: String, default: Long = 0): Long {
            val value = primitive(name) ?: return default
            return value.content.toLongOrNull()?.takeIf { it >= 0 } ?: wrong(name)
        }

        private fun primitive(name: String): JsonPrimitive? = when (val value = json[name]) {
            null, JsonNull -> null
            is JsonPrimitive -> value
            else -> wrong(name)
        }

        private fun asText(name: String, value: JsonElement): String =
            if (value is JsonPrimitive && value.isString) value.content else wrong(name)

        private fun wrong(name: String): Nothing =
            throw ProtocolException("the field '$name' of INFO is of another type than the protocol says")
    }
}
