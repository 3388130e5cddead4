package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import dev.midge.nats.testing.EmbeddedServerTls
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.add
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import java.security.SecureRandom

/** Writes the INFO line that every client gets first, and again when it changes. Confined to the server's thread. */
internal class ServerInfo(private val options: EmbeddedNatsServerOptions, private val port: Int, private val authRequired: Boolean) {
    private var serverId = newServerId()
    private var connectUrls = emptyList<String>()
    private var lameDuck = false

    /** Counted up by every [update]. */
    var version: Int = 0
        private set

    fun update(connectUrls: List<String>, lameDuck: Boolean) {
        this.connectUrls = connectUrls
        this.lameDuck = lameDuck
        version++
    }

    /** Makes it the INFO of a server that was just started. */
    fun renew() {
        serverId = newServerId()
        update(emptyList(), lameDuck = false)
    }

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
                options.tls?.let { putTls(it) }
                put("max_payload", options.maxPayload)
                put("client_id", clientId)
                put("client_ip", clientIp)
                if (connectUrls.isNotEmpty()) putJsonArray("connect_urls") { connectUrls.forEach { add(it) } }
                if (lameDuck) put("ldm", true)
            }
        return "INFO $json \r\n".encodeToByteArray()
    }

    private fun JsonObjectBuilder.putTls(tls: EmbeddedServerTls) {
        put(if (tls.mode == EmbeddedServerTls.Mode.AVAILABLE) "tls_available" else "tls_required", true)
        if (tls.needsClientCertificate) put("tls_verify", true)
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
