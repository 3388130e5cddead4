package dev.midge.nats.websocket

import dev.midge.nats.WebSocketOptions
import dev.midge.nats.WebSocketRefusedException
import dev.midge.nats.internal.transport.Endpoint
import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.WebSocketAttempt
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import java.util.Base64

/** One attempt to open a WebSocket to [endpoint]. */
internal class Rfc6455Attempt(private val endpoint: Endpoint, private val options: WebSocketOptions) : WebSocketAttempt {
    private var opened: WebSocketTransport? = null

    override val nextHop: Endpoint = options.proxy?.let { Endpoint("http", it.host, it.port) } ?: endpoint

    override suspend fun tunnel(stream: Transport) {
        val proxy = options.proxy ?: return
        val host = if (':' in endpoint.host) "[${endpoint.host}]" else endpoint.host
        val answer = stream.exchange("the proxy ${proxy.host}:${proxy.port}") {
            requestLine(HttpMethod("CONNECT"), "$host:${endpoint.port}", HTTP_1_1)
            headerLine(HttpHeaders.Host, "$host:${endpoint.port}")
            proxy.user?.let { user ->
                val credentials = Base64.getEncoder().encodeToString("$user:${proxy.password}".encodeToByteArray())
                headerLine(HttpHeaders.ProxyAuthorization, "Basic $credentials")
            }
        }
        if (answer.status !in SUCCESS) {
            throw WebSocketRefusedException(
                answer.status,
                "the proxy ${proxy.host}:${proxy.port} answered $answer instead of connecting to ${endpoint.authority}",
            )
        }
    }

    override suspend fun open(stream: Transport): Transport {
        val isCompressed = OpeningHandshake(endpoint, options).run(stream)
        return WebSocketTransport(stream, isEncrypted = endpoint.scheme == "wss", isCompressed).also { opened = it }
    }

    override fun limit(bytes: Long) {
        checkNotNull(opened).limit(bytes)
    }

    private companion object {
        val SUCCESS = 200..299
    }
}
