package dev.midge.nats.websocket

import dev.midge.nats.WebSocketOptions
import dev.midge.nats.internal.transport.Endpoint
import dev.midge.nats.internal.transport.WebSocketAttempt
import dev.midge.nats.internal.transport.WebSocketProvider

/** Opens WebSockets as RFC 6455 has them. Found on the class path by nats-core. */
internal class Rfc6455Provider : WebSocketProvider {
    override fun attempt(endpoint: Endpoint, options: WebSocketOptions): WebSocketAttempt = Rfc6455Attempt(endpoint, options)
}
