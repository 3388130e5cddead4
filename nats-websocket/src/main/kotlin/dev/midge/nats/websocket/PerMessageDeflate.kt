package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException

/** The agreement of client and server to compress messages. RFC 7692. */
internal object PerMessageDeflate {
    private const val NAME = "permessage-deflate"
    private const val NO_SERVER_CONTEXT = "server_no_context_takeover"
    private const val NO_CLIENT_CONTEXT = "client_no_context_takeover"

    /** nats-server compresses only with a client that does without context on both sides. */
    const val OFFER = "$NAME; $NO_SERVER_CONTEXT; $NO_CLIENT_CONTEXT"

    /**
     * Whether the [extensions] of the server's answer agree to it. How far back the server's messages may refer does not matter to an
     * inflater that forgets nothing, and the client's refer to nothing before themselves.
     */
    fun isAgreed(extensions: List<String>, isOffered: Boolean): Boolean {
        if (extensions.isEmpty()) return false
        val parameters = extensions.first().split(';').map(String::trim)
        val known = parameters.drop(1).all {
            it == NO_SERVER_CONTEXT || it == NO_CLIENT_CONTEXT || it.startsWith("server_max_window_bits=")
        }
        if (!isOffered || extensions.size > 1 || parameters.first() != NAME || !known) {
            throw ProtocolException("the server wants extensions of the WebSocket that were not offered: $extensions")
        }
        return true
    }
}
