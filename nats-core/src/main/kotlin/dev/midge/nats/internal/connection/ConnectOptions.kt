package dev.midge.nats.internal.connection

import dev.midge.nats.AuthResponse
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.auth.Authentication
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import java.util.Base64

/** The argument of CONNECT. Source: NATS client protocol, "CONNECT". */
internal object ConnectOptions {
    private val signatures = Base64.getUrlEncoder().withoutPadding()

    /**
     * The JSON for [server], which said [info], over a stream that is [secure] or not, with the credentials of its URL where [options] name
     * none. It holds secrets: it is never logged, and the caller wipes it.
     *
     * @throws dev.midge.nats.AuthenticationException if there are no credentials to show.
     */
    suspend fun encode(options: NatsOptions, server: ServerAddress, info: ServerInfo, secure: Boolean): ByteArray {
        val auth = if (options.auth is NatsAuth.None) server.auth else options.auth
        return encode(options, Authentication(options.dispatcher).answer(auth, info), secure)
    }

    private fun encode(options: NatsOptions, credentials: AuthResponse, secure: Boolean): ByteArray {
        val json = buildJsonObject {
            put("verbose", options.verbose)
            put("pedantic", options.pedantic)
            put("echo", options.echo)
            put("headers", true)
            put("no_responders", true)
            put("tls_required", secure)
            options.name?.let { put("name", it) }
            put("lang", "kotlin")
            put("version", MidgeVersion.text)
            // 1: INFO is welcome after connecting too.
            put("protocol", 1)
            credentials.user?.let { put("user", it) }
            credentials.password?.let { put("pass", it) }
            credentials.token?.let { put("auth_token", it) }
            credentials.jwt?.let { put("jwt", it) }
            credentials.nkey?.let { put("nkey", it) }
            credentials.signature?.let { put("sig", signatures.encodeToString(it)) }
        }
        return json.toString().encodeToByteArray()
    }
}
