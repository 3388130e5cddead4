package dev.midge.nats.internal.connection

import dev.midge.nats.AuthResponse
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.auth.Authentication
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import org.slf4j.LoggerFactory
import java.util.Base64

/** The argument of CONNECT, in [json], which the caller wipes, and what it holds that is not to be shown. */
internal class ConnectArgument(val json: ByteArray, val secrets: SentSecrets)

/** Makes the argument of CONNECT. Source: NATS client protocol, "CONNECT". */
internal object ConnectCommand {
    private val signatures = Base64.getUrlEncoder().withoutPadding()
    private val log = LoggerFactory.getLogger("dev.midge.nats.connection")

    /**
     * What is said to [server], which said [info], over a stream that is [secure] or not, with the credentials of its URL where [options]
     * name none. It is never logged.
     *
     * @throws dev.midge.nats.AuthenticationException if there are no credentials to show.
     * @throws ConnectFailedException if the options ask for what the server cannot do.
     */
    suspend fun encode(options: NatsOptions, server: ServerAddress, info: ServerInfo, secure: Boolean): ConnectArgument {
        if (!options.echo && info.protocol < 1) {
            throw ConnectFailedException("the server $server is too old to keep a connection's own messages from it (echo is false)", null)
        }
        val auth = if (options.auth is NatsAuth.None) server.auth else options.auth
        val credentials = Authentication(options.dispatcher) { SecretFiles.check(it, log) }.answer(auth, info)
        val signature = credentials.signature?.let(signatures::encodeToString)
        return ConnectArgument(encode(options, credentials, signature, info, secure), SentSecrets.of(credentials, signature))
    }

    private fun encode(options: NatsOptions, credentials: AuthResponse, signature: String?, info: ServerInfo, secure: Boolean): ByteArray {
        val json = buildJsonObject {
            put("verbose", options.verbose)
            put("pedantic", options.pedantic)
            put("echo", options.echo)
            // That nobody responds is said by a header: a server without them ends a connection that wants to be told.
            put("headers", info.headers)
            put("no_responders", info.headers)
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
            signature?.let { put("sig", it) }
        }
        return json.toString().encodeToByteArray()
    }
}
