package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectTarget
import dev.midge.nats.NatsOptions
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.hooks.apart
import dev.midge.nats.internal.protocol.ProtocolLimits
import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.transport.Connector
import dev.midge.nats.internal.transport.Endpoint
import dev.midge.nats.internal.transport.TlsTransport
import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.WebSocketAttempt
import dev.midge.nats.internal.transport.WebSockets
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/**
 * A connection to one server that has let the client in.
 *
 * @property isInfoProven whether [info] came over verified TLS.
 * @property isVerified whether what comes now does.
 * @property secrets what the server was shown, and others are not to see.
 * @property deadline when the attempt has failed, unless the server has taken the subscriptions by then.
 */
internal class Link(
    val server: ServerAddress,
    val info: ServerInfo,
    val transport: Transport,
    val parser: ProtocolParser,
    val isInfoProven: Boolean,
    val isVerified: Boolean,
    val secrets: SentSecrets,
    val deadline: TimeMark,
) {
    /** Whether TLS is spoken. */
    val isTls: Boolean
        get() = server.scheme.isTls || transport is TlsTransport

    companion object {
        /**
         * Connects to [server] and shakes hands, all within the connect timeout; a failed attempt leaves no socket open.
         *
         * @throws ConnectFailedException if that took too long.
         */
        suspend fun open(server: ServerAddress, options: NatsOptions, connector: Connector): Link {
            val deadline = TimeSource.Monotonic.markNow() + options.timeouts.connect
            var transport: Transport? = null
            var link: Link? = null
            var returned = false
            try {
                // Set from within: a value that is ready at the moment of the timeout would be lost otherwise, and with it the socket.
                withTimeoutOrNull(options.timeouts.connect) {
                    val target = target(server, options)
                    val webSocket = if (server.scheme.isWebSocket) webSocket(server, target, options) else null
                    val opened = connector.connect(webSocket?.nextHop ?: target)
                    transport = opened
                    val parser = ProtocolParser(ProtocolLimits(PayloadLimit.of(options.buffers, maxPayload = 0)))
                    link = Handshake(options, server, opened, parser, webSocket).run(deadline)
                }
                val opened = link
                    ?: throw ConnectFailedException("the server $server did not let the client in within ${options.timeouts.connect}", null)
                returned = true
                return opened
            } finally {
                if (!returned) transport?.let { discard(it) }
            }
        }

        /** Whatever that throws would hide why the attempt has failed. */
        private suspend fun discard(transport: Transport) {
            try {
                transport.close()
            } catch (e: Exception) {
                currentCoroutineContext().ensureActive()
            }
        }

        /** Where the attempt goes, if the options' hook has no objection. */
        private suspend fun target(server: ServerAddress, options: NatsOptions): Endpoint {
            val hook = options.onConnecting ?: return server.endpoint
            val target = try {
                apart(options.dispatcher) { hook(ConnectTarget(server.url, server.host, server.port)) }
            } catch (e: Throwable) {
                currentCoroutineContext().ensureActive()
                throw ConnectFailedException("onConnecting refused to connect to $server: ${e.message}", e)
            }
            return try {
                server.endpoint(target.host, target.port)
            } catch (e: IllegalArgumentException) {
                throw ConnectFailedException("onConnecting answered for $server what is no target: ${e.message}", e)
            }
        }

        private fun webSocket(server: ServerAddress, target: Endpoint, options: NatsOptions): WebSocketAttempt {
            TlsUpgrade(options, server).checkScheme()
            val provider = WebSockets.provider
                ?: throw ConnectFailedException("WebSockets need another module: add dev.midge:nats-websocket to the class path", null)
            return provider.attempt(target, options.webSocket.suppliedIn(options.dispatcher))
        }
    }
}
