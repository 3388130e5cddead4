package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException

/**
 * What client and server have agreed on for compression. RFC 7692.
 *
 * @property serverKeepsContext whether a message may refer to what was in the server's messages before.
 */
internal class PerMessageDeflate private constructor(val serverKeepsContext: Boolean) {
    companion object {
        private const val NAME = "permessage-deflate"
        private const val NO_SERVER_CONTEXT = "server_no_context_takeover"
        private const val NO_CLIENT_CONTEXT = "client_no_context_takeover"

        /** nats-server compresses only with a client that does without context on both sides. */
        const val OFFER = "$NAME; $NO_SERVER_CONTEXT; $NO_CLIENT_CONTEXT"

        /** What the [extensions] of the server's answer mean; `null` if none is in use. */
        fun agreed(extensions: List<String>, isOffered: Boolean): PerMessageDeflate? {
            if (extensions.isEmpty()) return null
            val parameters = extensions.first().split(';').map(String::trim)
            val known = parameters.drop(1).all {
                it == NO_SERVER_CONTEXT || it == NO_CLIENT_CONTEXT ||
                    it.startsWith("server_max_window_bits=")
            }
            if (!isOffered || extensions.size > 1 || parameters.first() != NAME || !known) {
                throw ProtocolException("the server wants extensions of the WebSocket that were not offered: $extensions")
            }
            return PerMessageDeflate(serverKeepsContext = NO_SERVER_CONTEXT !in parameters)
        }
    }
}
