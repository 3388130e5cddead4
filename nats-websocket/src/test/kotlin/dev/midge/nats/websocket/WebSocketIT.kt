package dev.midge.nats.websocket

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.HttpProxy
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsOptions
import dev.midge.nats.Overflow
import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import dev.midge.nats.TlsVersion
import dev.midge.nats.WebSocketOptions
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.NatsCluster
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.tls.trust
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val trust = TestCertificates.authority.trust

/** The events of [nats] from now on, those in between passed over. */
private class Events(nats: NatsConnection, scope: CoroutineScope) {
    private val all = Channel<NatsEvent>(Channel.UNLIMITED)
    private val collector = scope.launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect { all.send(it) } }

    suspend inline fun <reified E : NatsEvent> next(): E {
        while (true) (all.receive() as? E)?.let { return it }
    }

    fun stop() {
        collector.cancel()
    }
}

private suspend fun watched(url: String, configure: NatsOptions.Builder.() -> Unit = {}, test: suspend (NatsConnection, Events) -> Unit) {
    withContext(Dispatchers.Default) {
        NatsConnection(url) {
            reconnect {
                wait = 20.milliseconds
                jitter = Duration.ZERO
                jitterTls = Duration.ZERO
            }
            configure()
        }.use { nats ->
            val events = Events(nats, this)
            try {
                test(nats, events)
            } finally {
                events.stop()
            }
        }
    }
}

/** Sends [payload] to itself and returns what comes back. */
private suspend fun NatsConnection.echoed(payload: ByteArray): ByteArray {
    val subscription = subscribe("echo")
    publish("echo", payload)
    return subscription.first().payload.also { subscription.unsubscribe() }
}

class WebSocketIT :
    FunSpec({
        for (version in VERSIONS) {
            test("[$version] after kill -9 the connection comes back, subscriptions and what was published meanwhile too") {
                WebSocketServer(version).use { server ->
                    watched(server.url) { nats, events ->
                        val subscription = nats.subscribe("numbers")
                        nats.publish("numbers", "0".encodeToByteArray())
                        nats.flush()
                        server.process.kill()
                        events.next<NatsEvent.Disconnected>().url shouldBe server.url
                        nats.publish("numbers", "1".encodeToByteArray())
                        server.process.restart()
                        events.next<NatsEvent.Reconnected>().url shouldBe server.url
                        subscription.take(2).toList().map { it.text() } shouldBe listOf("0", "1")
                    }
                }
            }

            test("[$version] a server that the cluster names is reached by WebSocket, as the one that named it") {
                NatsCluster.start(nodes = 2) {
                    this.version = version
                    config = webSocketConfig(isEncrypted = false)
                }.use { cluster ->
                    val (first, second) = cluster.nodes
                    watched(first.websocketUrl) { nats, events ->
                        nats.flush()
                        events.next<NatsEvent.DiscoveredServers>().urls shouldBe listOf(second.websocketUrl)
                        first.kill()
                        events.next<NatsEvent.Reconnected>().url shouldBe second.websocketUrl
                        nats.echoed("still here".encodeToByteArray()).decodeToString() shouldBe "still here"
                    }
                }
            }

            test("[$version] wss: TLS 1.3 and 1.2, the name checked, and whom nobody vouches for refused") {
                WebSocketServer(version, isEncrypted = true).use { server ->
                    for (tlsVersion in TlsVersion.entries) {
                        NatsConnection(server.url) { tls = trust.copy { versions = setOf(tlsVersion) } }.use { it.flush() }
                    }
                    NatsConnection("wss://localhost:${server.port}") { tls = trust }.use { it.flush() }
                    refused("wss://127.0.0.2:${server.port}", trust) { at(host = "127.0.0.1") } shouldBe TlsException.Reason.WRONG_NAME
                    refused(server.url, TlsOptions()) shouldBe TlsException.Reason.UNKNOWN_ISSUER
                    NatsConnection("wss://127.0.0.2:${server.port}") {
                        tls = trust.copy { dangerouslySkipHostNameVerification = true }
                        onConnecting = { it.at(host = "127.0.0.1") }
                    }.use { it.flush() }
                }
            }

            test("[$version] compression is agreed on with the server, in both directions, and off by default") {
                WebSocketServer(version).use { server ->
                    FaultProxy.start(server.port).use { proxy ->
                        suspend fun transferred(compression: Boolean): Pair<Long, Long> {
                            val sent = proxy.bytes(FaultProxy.Direction.CLIENT_TO_SERVER)
                            val received = proxy.bytes(FaultProxy.Direction.SERVER_TO_CLIENT)
                            NatsConnection("ws://127.0.0.1:${proxy.port}") { webSocket { this.compression = compression } }
                                .use { nats -> nats.echoed(ByteArray(500_000)) shouldBe ByteArray(500_000) }
                            return proxy.bytes(FaultProxy.Direction.CLIENT_TO_SERVER) - sent to
                                proxy.bytes(FaultProxy.Direction.SERVER_TO_CLIENT) - received
                        }
                        val (sent, received) = transferred(compression = true)
                        sent shouldBeLessThan 50_000
                        received shouldBeLessThan 50_000
                        val (sentPlain, receivedPlain) = transferred(compression = false)
                        sentPlain shouldBeGreaterThan 500_000
                        receivedPlain shouldBeGreaterThan 500_000
                    }
                }
            }

            test("[$version] large messages, whole and in the frames that a server makes for browsers, plain and compressed") {
                WebSocketServer(version, settings = "max_payload: 8388608\n").use { server ->
                    for (compression in listOf(false, true)) {
                        for (agent in listOf("midge", "Mozilla/5.0")) {
                            val options = WebSocketOptions {
                                headers = mapOf("User-Agent" to agent)
                                this.compression = compression
                            }
                            NatsConnection(server.url) { webSocket = options }.use { nats ->
                                for (size in listOf(8_388_608, 1_000_000, 0)) {
                                    val payload = Random.nextBytes(size / 2) + ByteArray(size - size / 2)
                                    nats.echoed(payload).contentEquals(payload) shouldBe true
                                }
                            }
                        }
                    }
                }
            }

            test("[$version] a server that takes less than a batch is not sent more in a compressed message") {
                WebSocketServer(version, settings = "max_payload: 1000\n").use { server ->
                    NatsConnection(server.url) { webSocket { compression = true } }.use { nats ->
                        val subscription = nats.subscribe("many")
                        repeat(1_000) { nats.publish("many", ByteArray(900)) }
                        subscription.take(1_000).toList().size shouldBe 1_000
                    }
                }
            }
        }

        test("a half-open WebSocket is found by PINGs") {
            WebSocketServer().use { server ->
                FaultProxy.start(server.port).use { proxy ->
                    watched("ws://127.0.0.1:${proxy.port}", { timeouts { pingInterval = 100.milliseconds } }) { nats, events ->
                        nats.flush()
                        proxy.blackHole()
                        events.next<NatsEvent.Disconnected>()
                        proxy.heal()
                        events.next<NatsEvent.Reconnected>()
                        nats.flush()
                    }
                }
            }
        }

        test("lame duck: the connection moves before the server ends") {
            WebSocketServer().use { other ->
                WebSocketServer(settings = "lame_duck_grace_period: 1s\nlame_duck_duration: 30s\n").use { first ->
                    watched("${first.url},${other.url}", { randomizeServers = false }) { nats, events ->
                        nats.flush()
                        first.process.signal("ldm")
                        events.next<NatsEvent.LameDuck>().url shouldBe first.url
                        events.next<NatsEvent.Reconnected>().url shouldBe other.url
                        nats.echoed("still here".encodeToByteArray()).decodeToString() shouldBe "still here"
                    }
                }
            }
        }

        test("by a proxy to a server with TLS: the proxy sees no more than where to") {
            WebSocketServer(isEncrypted = true).use { server ->
                ScriptedHttpServer { HttpReply("HTTP/1.1 200 OK\r\n\r\n", tunnelTo(it)) }.use { proxy ->
                    NatsConnection("wss://localhost:${server.port}") {
                        tls = trust
                        webSocket { this.proxy = HttpProxy("127.0.0.1", proxy.port) }
                    }.use { it.echoed(ByteArray(100_000)).size shouldBe 100_000 }
                    proxy.requests.single().line shouldBe "CONNECT localhost:${server.port} HTTP/1.1"
                }
            }
        }

        test("a subscriber that holds the reader up loses nothing") {
            WebSocketServer().use { server ->
                FaultProxy.start(server.port).use { proxy ->
                    watched("ws://127.0.0.1:${proxy.port}") { nats, _ ->
                        val held = nats.subscribe("firehose", overflow = Overflow.Suspend(messages = 10))
                        nats.flush()
                        NatsConnection(server.url).use { publisher ->
                            repeat(400) { publisher.publish("firehose", ByteArray(100_000)) }
                            publisher.flush(10.seconds)
                        }
                        held.take(400).toList().size shouldBe 400
                        nats.stats().droppedMessages shouldBe 0
                    }
                }
            }
        }
    })

/** Why TLS with the server at [url] fails. */
private suspend fun refused(
    url: String,
    options: TlsOptions,
    target: dev.midge.nats.ConnectTarget.() -> dev.midge.nats.ConnectTarget = { this },
): TlsException.Reason = NatsConnection(url) {
    tls = options
    onConnecting = { it.target() }
}.use { nats -> shouldThrow<ConnectFailedException> { nats.connect() }.cause.shouldBeInstanceOf<TlsException>().reason }
