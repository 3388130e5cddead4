package dev.midge.nats.behaviour

import dev.midge.nats.NatsOptions
import dev.midge.nats.testing.EmbeddedNatsServer
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.tls.trust

/** What a test asks of its server, whichever it is. */
data class ServerSettings(val user: String? = null, val password: String? = null, val token: String? = null, val maxPayload: Int? = null)

/** A running server, and what a client needs to reach it. */
class TestServer(val url: String, private val closeable: AutoCloseable, val reaching: NatsOptions.Builder.() -> Unit = {}) :
    AutoCloseable by closeable

/** A kind of server that the behaviour suite runs against. */
class ServerKind(private val label: String, val start: (ServerSettings) -> TestServer) {
    override fun toString(): String = label

    companion object {
        val embedded = ServerKind("embedded") { settings ->
            val server = EmbeddedNatsServer.start {
                if (settings.user != null) user(settings.user, checkNotNull(settings.password))
                if (settings.token != null) token(settings.token)
                if (settings.maxPayload != null) maxPayload = settings.maxPayload
            }
            TestServer(server.url, server)
        }

        /** The real server in [version]. */
        fun real(version: String) = ServerKind("nats-server $version") { settings ->
            val server = NatsServerProcess.start {
                this.version = version
                config = configOf(settings)
            }
            TestServer(server.url, server)
        }

        /** The real server in [version], by TLS alone. */
        fun realByTls(version: String) = ServerKind("nats-server $version, TLS") { settings ->
            val server = NatsServerProcess.start {
                this.version = version
                config = configOf(settings) + TestCertificates.loopback.serverConfig()
            }
            TestServer(server.url, server) { tls = TestCertificates.authority.trust }
        }

        fun configOf(settings: ServerSettings): String = buildString {
            if (settings.maxPayload != null) appendLine("max_payload: ${settings.maxPayload}")
            if (settings.user != null) appendLine("authorization { user: ${settings.user}, password: \"${settings.password}\" }")
            if (settings.token != null) appendLine("authorization { token: \"${settings.token}\" }")
        }
    }
}
