package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions

/** Compares what a client presents with what the server was configured with. */
internal class Authenticator(options: EmbeddedNatsServerOptions) {
    private val users = options.users
    private val token = options.token

    /** Whether clients have to present anything. */
    val isRequired: Boolean = users.isNotEmpty() || token != null

    fun accepts(request: ConnectRequest): Boolean = when {
        !isRequired -> true
        token != null && request.token != null -> token.isSame(request.token)
        else -> users[request.user]?.isSame(request.password.orEmpty()) ?: false
    }
}
