package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import java.security.MessageDigest

/** Compares what a client presents with what the server was configured with. */
internal class Authenticator(options: EmbeddedNatsServerOptions) {
    private val users = options.users
    private val token = options.token

    /** Whether clients have to present anything. */
    val isRequired: Boolean = users.isNotEmpty() || token != null

    fun accepts(request: ConnectRequest): Boolean = when {
        !isRequired -> true
        token != null && request.token != null -> same(token, request.token)
        else -> users[request.user]?.let { same(it, request.password.orEmpty()) } ?: false
    }

    private fun same(expected: String, actual: String): Boolean =
        MessageDigest.isEqual(expected.encodeToByteArray(), actual.encodeToByteArray())
}
