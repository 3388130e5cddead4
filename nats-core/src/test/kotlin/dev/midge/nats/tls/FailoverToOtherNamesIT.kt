package dev.midge.nats.tls

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.use
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import java.net.InetAddress
import java.net.ServerSocket
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val authority = TestCertificates.authority

private fun freePorts(count: Int): List<Int> =
    List(count) { ServerSocket(0, 1, InetAddress.getLoopbackAddress()) }.onEach { it.close() }.map { it.localPort }

/** Two nodes, each with a certificate of its own name alone; the first one is `localhost`. */
private class TwoNames(version: String, private val settings: Array<String>) : AutoCloseable {
    private val ports = freePorts(4)
    val first = node(version, "localhost", authority.issue(dns = listOf("localhost")), 0)
    val second = node(version, "node2.example", authority.issue(dns = listOf("node2.example")), 1)
    val url = "tls://localhost:${first.port}"
    val secondUrl = "tls://node2.example:${second.port}"

    private fun node(version: String, name: String, certificate: TestCertificate, index: Int) = NatsServerProcess.start {
        this.version = version
        port = ports[index]
        val routes = if (index == 0) "" else "routes: [\"nats://127.0.0.1:${ports[2]}\"]"
        config = certificate.serverConfig(*settings) + "client_advertise: \"$name:${ports[index]}\"\n" +
            "cluster { name: c, listen: \"127.0.0.1:${ports[2 + index]}\"\n $routes\n }\n"
    }

    fun connection(tls: TlsOptions) = NatsConnection(url) {
        this.tls = tls
        onConnecting = { it.at(host = "127.0.0.1") }
        reconnect {
            wait = 20.milliseconds
            jitter = 0.milliseconds
        }
        // The first handshake of a JVM takes seconds on a busy machine.
        timeouts { connect = 10.seconds }
    }

    /** Both nodes tell of each other at once from now on. */
    suspend fun awaitFormed(tls: TlsOptions) {
        connection(tls).use { nats ->
            nats.connect()
            nats.serverInfo.filterNotNull().first { info -> info.connectUrls.any { "node2" in it } }
        }
    }

    override fun close() {
        first.close()
        second.close()
    }
}

/** What comes of it when the first node is gone. */
private suspend fun TwoNames.afterLoss(tls: TlsOptions): NatsEvent = coroutineScope {
    connection(tls).use { nats ->
        nats.connect()
        // What the server says over TLS of its own accord comes ahead of this PONG.
        nats.flush()
        nats.serverInfo.value!!.connectUrls.any { "node2" in it } shouldBe true
        val outcome = async(start = CoroutineStart.UNDISPATCHED) {
            nats.events.first { it is NatsEvent.Reconnected || (it is NatsEvent.ReconnectFailed && it.url == secondUrl) }
        }
        first.kill()
        outcome.await()
    }
}

class FailoverToOtherNamesIT :
    FunSpec({
        for (version in listOf("2.10.27", "2.15.1")) {
            test("[nats-server $version] a node whose name was told over TLS takes over with a certificate of that name") {
                val tls = authority.trust.copy { handshakeFirst = true }
                TwoNames(version, arrayOf("handshake_first: true")).use { nodes ->
                    nodes.awaitFormed(tls)
                    nodes.afterLoss(tls).shouldBeInstanceOf<NatsEvent.Reconnected>().url shouldBe nodes.secondUrl
                }
            }
        }

        test("[nats-server 2.15.1] a server that says INFO again over TLS has told the names by that") {
            TwoNames("2.15.1", emptyArray()).use { nodes ->
                nodes.awaitFormed(authority.trust)
                nodes.afterLoss(authority.trust).shouldBeInstanceOf<NatsEvent.Reconnected>().url shouldBe nodes.secondUrl
            }
        }

        for (version in listOf("2.9.10", "2.10.27")) {
            test("[nats-server $version] a node whose name was told in plain text is refused by it, unless the options allow that") {
                TwoNames(version, emptyArray()).use { nodes ->
                    nodes.awaitFormed(authority.trust)
                    val cause = nodes.afterLoss(authority.trust).shouldBeInstanceOf<NatsEvent.ReconnectFailed>().cause
                    cause.shouldBeInstanceOf<TlsException>().reason shouldBe TlsException.Reason.WRONG_NAME
                    cause.message shouldContain "dangerouslyTrustNamesFromPlainText"
                    nodes.first.restart()
                    nodes.awaitFormed(authority.trust)
                    val trusting = authority.trust.copy { dangerouslyTrustNamesFromPlainText = true }
                    nodes.afterLoss(trusting).shouldBeInstanceOf<NatsEvent.Reconnected>().url shouldBe nodes.secondUrl
                }
            }
        }
    })
