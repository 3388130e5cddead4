package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import java.security.SecureRandom

/** Writes the INFO line that every client gets first. */
internal class ServerInfo(private val options: EmbeddedNatsServerOptions, private val port: Int, private val authRequired: Boolean) {
    private val serverId = newServerId()

    fun line(clientId: Long, clientIp: String): ByteArray {
        val json =
            buildJsonObject {
                put("server_id", serverId)
                put("server_name", options.serverName ?: serverId)
                put("version", VERSION)
                put("proto", 1)
                put("host", options.host)
                put("port", port)
                put("headers", true)
                if (authRequired) put("auth_required", true)
                put("max_payload", options.maxPayload)
                put("client_id", clientId)
                put("client_ip", clientIp)
            }
        return "INFO $json \r\n".encodeToByteArray()
    }

    private companion object {
        /** The server whose behaviour this one has; clients derive from it what they may ask for. */
        const val VERSION = "2.10.27-embedded"

        /** A server's identity is a public NKey: `N` and 55 characters of base 32. */
        const val ID_LENGTH = 55
        const val ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

        fun newServerId(): String {
            val random = SecureRandom()
            return "N" + String(CharArray(ID_LENGTH) { ID_ALPHABET[random.nextInt(ID_ALPHABET.length)] })
        }
    }
}
