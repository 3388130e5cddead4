package dev.midge.nats.internal.connection

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** The argument of CONNECT. Source: NATS client protocol, "CONNECT". */
internal object ConnectOptions {
    /** The JSON for [server], with the credentials of its URL where [options] name none. It holds secrets and is never logged. */
    fun encode(options: NatsOptions, server: ServerAddress): ByteArray {
        val auth = if (options.auth is NatsAuth.None) server.auth else options.auth
        val json = buildJsonObject {
            put("verbose", options.verbose)
            put("pedantic", options.pedantic)
            put("echo", options.echo)
            put("headers", true)
            put("no_responders", true)
            put("tls_required", false)
            options.name?.let { put("name", it) }
            put("lang", "kotlin")
            put("version", MidgeVersion.text)
            // 1: INFO is welcome after connecting too.
            put("protocol", 1)
            when (auth) {
                is NatsAuth.None -> Unit

                is NatsAuth.Token -> put("auth_token", auth.token)

                is NatsAuth.UserPassword -> {
                    put("user", auth.user)
                    put("pass", auth.password)
                }
            }
        }
        return json.toString().encodeToByteArray()
    }
}
