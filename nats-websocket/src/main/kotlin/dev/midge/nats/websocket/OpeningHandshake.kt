package dev.midge.nats.websocket

import dev.midge.nats.ProtocolException
import dev.midge.nats.WebSocketOptions
import dev.midge.nats.WebSocketRefusedException
import dev.midge.nats.internal.transport.Endpoint
import dev.midge.nats.internal.transport.Transport
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.websocket.websocketServerAccept
import java.util.Base64

/** The HTTP request that asks for a WebSocket, and what has to be true of its answer. RFC 6455, 4.1. */
internal class OpeningHandshake(private val endpoint: Endpoint, private val options: WebSocketOptions) {
    private val key = Base64.getEncoder().encodeToString(ByteArray(KEY_BYTES).also(Randomness::nextBytes))

    /**
     * Returns whether messages may be compressed.
     *
     * @throws WebSocketRefusedException if the answer is another one than a WebSocket.
     * @throws ProtocolException if it is one that does not follow the RFC.
     */
    suspend fun run(stream: Transport): Boolean {
        val headers = headers()
        val answer = stream.exchange(endpoint.authority) {
            requestLine(HttpMethod.Get, endpoint.path.ifEmpty { "/" }, HTTP_1_1)
            if (headers.keys.none { it.equals(HttpHeaders.Host, ignoreCase = true) }) headerLine(HttpHeaders.Host, endpoint.authority)
            headerLine(HttpHeaders.Upgrade, "websocket")
            headerLine(HttpHeaders.Connection, "Upgrade")
            headerLine(HttpHeaders.SecWebSocketVersion, VERSION)
            headerLine(HttpHeaders.SecWebSocketKey, key)
            if (options.subprotocols.isNotEmpty()) headerLine(HttpHeaders.SecWebSocketProtocol, options.subprotocols.joinToString())
            if (options.compression) headerLine(HttpHeaders.SecWebSocketExtensions, PerMessageDeflate.OFFER)
            headers.forEach { (name, value) -> headerLine(name, value) }
        }
        verify(answer)
        return PerMessageDeflate.isAgreed(answer.list(HttpHeaders.SecWebSocketExtensions), options.compression)
    }

    private suspend fun headers(): Map<String, String> {
        val supplied = options.headerSupplier?.invoke() ?: return options.headers
        val others = options.headers.filterKeys { name -> supplied.keys.none { it.equals(name, ignoreCase = true) } }
        // The options check what they are given.
        return options.copy { headers = others + supplied }.headers
    }

    private fun verify(answer: HttpAnswer) {
        if (answer.status != SWITCHING_PROTOCOLS) {
            throw WebSocketRefusedException(answer.status, "${endpoint.authority} answered $answer instead of opening a WebSocket")
        }
        val subprotocol = answer[HttpHeaders.SecWebSocketProtocol]
        val fault = when {
            !answer[HttpHeaders.Upgrade].equals("websocket", ignoreCase = true) -> "does not say to what it upgrades"

            answer.list(HttpHeaders.Connection).none { it.equals("Upgrade", ignoreCase = true) } -> "does not upgrade the connection"

            answer[HttpHeaders.SecWebSocketAccept] != websocketServerAccept(
                key,
            ) -> "has not read the request's key: it may come from a cache"

            subprotocol != null && subprotocol !in options.subprotocols -> "names a subprotocol, which was not asked for"

            else -> return
        }
        throw ProtocolException("the answer of ${endpoint.authority} opens no WebSocket: it $fault")
    }

    private companion object {
        const val KEY_BYTES = 16
        const val VERSION = "13"
        const val SWITCHING_PROTOCOLS = 101
    }
}
