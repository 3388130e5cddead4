package dev.midge.nats.websocket

import dev.midge.nats.WebSocketOptions
import dev.midge.nats.behaviour.ServerKind
import dev.midge.nats.behaviour.TestServer
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.tls.trust

/** A real server that listens for WebSockets too, on the same port after a restart. */
class WebSocketServer(version: String = NEWEST, isEncrypted: Boolean = false, settings: String = "") : AutoCloseable {
    val process = NatsServerProcess.start {
        this.version = version
        config = settings + webSocketConfig(isEncrypted)
    }
    val url = process.websocketUrl
    val port = process.websocketPort

    override fun close() {
        process.close()
    }
}

/** The `websocket` block of a server's configuration. */
fun webSocketConfig(isEncrypted: Boolean): String {
    val encryption = if (isEncrypted) TestCertificates.loopback.serverConfig() else "no_tls: true"
    return "\nwebsocket {\n host: \"127.0.0.1\"\n port: \$WEBSOCKET_PORT\n compression: true\n $encryption\n}\n"
}

const val NEWEST = "2.15.1"
val VERSIONS = listOf("2.9.10", "2.10.27", NEWEST)

/** The real server in [version], by WebSocket. */
fun byWebSocket(version: String, isEncrypted: Boolean = false, isCompressed: Boolean = false): ServerKind {
    val label = listOfNotNull("nats-server $version", if (isEncrypted) "wss" else "ws", "compressed".takeIf { isCompressed })
    return ServerKind(label.joinToString()) { settings ->
        val server = WebSocketServer(version, isEncrypted, ServerKind.configOf(settings))
        TestServer(server.url, server) {
            if (isEncrypted) tls = TestCertificates.authority.trust
            webSocket { compression = isCompressed }
        }
    }
}
