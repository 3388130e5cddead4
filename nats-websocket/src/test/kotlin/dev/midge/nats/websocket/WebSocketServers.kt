package dev.midge.nats.websocket

import dev.midge.nats.WebSocketOptions
import dev.midge.nats.behaviour.ServerKind
import dev.midge.nats.behaviour.TestServer
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.tls.TestCertificates
import dev.midge.nats.tls.tlsConfig
import java.net.InetAddress
import java.net.ServerSocket

/** The part of a server's configuration that has it listen for WebSockets on [port]. */
fun webSocketConfig(port: Int, isEncrypted: Boolean = false): String {
    val encryption = if (isEncrypted) tlsConfig(TestCertificates.loopback) else "no_tls: true"
    return "\nwebsocket {\n listen: \"127.0.0.1:$port\"\n compression: true\n $encryption\n}\n"
}

/** A port for a listener that the server cannot choose by itself, or clients would not find it again after a restart. */
fun freePort(): Int = ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { it.localPort }

/** A real server that listens for WebSockets too. */
class WebSocketServer(version: String = NEWEST, isEncrypted: Boolean = false, config: String = "") : AutoCloseable {
    val port = freePort()
    val process = NatsServerProcess.start {
        this.version = version
        this.config = config + webSocketConfig(port, isEncrypted)
    }
    val url = (if (isEncrypted) "wss" else "ws") + "://127.0.0.1:$port"

    override fun close() {
        process.close()
    }
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
            webSocket = WebSocketOptions(compression = isCompressed)
        }
    }
}
