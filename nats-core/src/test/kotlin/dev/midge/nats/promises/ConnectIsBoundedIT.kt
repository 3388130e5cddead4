package dev.midge.nats.promises

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.TlsOptions
import dev.midge.nats.testing.ScriptedConnection
import dev.midge.nats.testing.ScriptedNatsServer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.nio.channels.SocketChannel
import java.nio.file.Files
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.measureTime

private val limit = 400.milliseconds
private val bound = limit + 200.milliseconds

private const val TLS_INFO = """{"server_id":"S","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576,"tls_required":true}"""

private class Stage(val name: String, val tls: TlsOptions = TlsOptions(), val script: ScriptedConnection.() -> Unit)

private val stages = listOf(
    Stage("INFO does not come") { },
    Stage("INFO does not end") { send("INFO {\"server_id\":") },
    Stage("INFO comes a byte at a time, without end") {
        send("INFO {")
        // Until the client closes the connection.
        runCatching { while (true) send(" ").also { Thread.sleep(20) } }
    },
    Stage("TLS is not answered") { send("INFO $TLS_INFO\r\n") },
    Stage("TLS first is not answered", TlsOptions { handshakeFirst = true }) { },
    Stage("TLS is answered with one byte", TlsOptions { handshakeFirst = true }) { send(byteArrayOf(22)) },
    Stage("PONG does not come") {
        send(ScriptedConnection.DEFAULT_INFO)
        expectLine("CONNECT")
        expectLine("PING")
    },
    Stage("PINGs come instead of PONG, without end") {
        send(ScriptedConnection.DEFAULT_INFO)
        runCatching { while (true) send("PING\r\n").also { Thread.sleep(20) } }
    },
)

/** How many sockets, and selectors that watch them, this process has open. */
private fun openSockets(): Int = Files.list(Path.of("/proc/self/fd")).use { files ->
    files.map { runCatching { Files.readSymbolicLink(it).toString() }.getOrDefault("") }
        .filter { it.startsWith("socket:") || "eventpoll" in it }.count().toInt()
}

class ConnectIsBoundedIT :
    FunSpec({
        context("each stage is bounded and leaves no socket") {
            withTests(nameFn = { it.name }, stages) { stage ->
                promiseScope {
                    val server = closing(ScriptedNatsServer.start())
                    server.accept {
                        stage.script(this)
                        awaitClose()
                    }
                    val nats = connection(server.url) {
                        timeouts { connect = limit }
                        tls = stage.tls
                    }
                    val took = measureTime { shouldThrow<ConnectFailedException> { nats.connect() } }
                    took shouldBeLessThanOrEqualTo bound
                    // The client has closed the socket.
                    server.verify()
                    figure("ConnectIsBounded, ${stage.name}: $took of $limit")
                }
            }
        }

        promise("a host that answers no SYN is given up in time, at each connect, and leaves no socket or selector") {
            val full = FullBacklog()
            closing(full)
            val sockets = openSockets()
            val nats = connection("nats://127.0.0.1:${full.port}") { timeouts { connect = limit } }
            repeat(3) {
                val took = measureTime { shouldThrow<ConnectFailedException> { nats.connect() } }
                took shouldBeLessThanOrEqualTo bound
                figure("ConnectIsBounded, TCP: $took of $limit")
            }
            until { openSockets() <= sockets }
        }

        promise("the same bounds hold for reconnecting") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) {
                timeouts { connect = limit }
                reconnect {
                    wait = 0.milliseconds
                    jitter = 0.milliseconds
                }
            }
            nats.connect()
            val events = eventsOf(nats)
            proxy.blackHole()
            proxy.closeConnections()
            repeat(3) {
                val attempt = events.nextSeen { it is NatsEvent.Reconnecting }
                val failed = events.nextSeen { it is NatsEvent.ReconnectFailed }
                (failed.at - attempt.at) shouldBeLessThanOrEqualTo bound
            }
            proxy.heal()
            events.next<NatsEvent.Reconnected>()
            until { proxy.openConnections == 1 }
        }

        promise("telling a server the subscriptions is part of connecting: one that never confirms them is left for the next one") {
            val first = closing(ScriptedNatsServer.start())
            first.accept {
                handshake()
                expectLine("SUB kept")
                expectLine("PING")
                send("PONG\r\n")
            }
            val second = closing(ScriptedNatsServer.start())
            second.accept {
                send(ScriptedConnection.DEFAULT_INFO)
                expectLine("CONNECT")
                expectLine("PING")
                // The subscriptions get no more than what is left of the time.
                Thread.sleep(limit.inWholeMilliseconds / 2)
                send("PONG\r\n")
                expectLine("SUB kept")
                expectLine("PING")
                awaitClose()
            }
            first.accept {
                handshake()
                expectLine("SUB kept")
                expectLine("PING")
                send("PONG\r\n")
                awaitClose()
            }
            val nats = connection("${first.url},${second.url}") {
                randomizeServers = false
                timeouts { connect = limit }
                reconnect {
                    wait = 0.milliseconds
                    jitter = 0.milliseconds
                }
            }
            val events = eventsOf(nats)
            nats.subscribe("kept")
            nats.flush()
            val attempt = events.nextSeen { it is NatsEvent.Reconnecting }
            val failed = events.nextSeen { it is NatsEvent.ReconnectFailed }
            val took = failed.at - attempt.at
            took shouldBeLessThanOrEqualTo bound
            (failed.event as NatsEvent.ReconnectFailed).cause.message shouldContain "did not take the subscriptions"
            events.next<NatsEvent.Reconnected>().url shouldBe first.url
            // The client has closed the socket.
            second.verify()
            figure("ConnectIsBounded, the subscriptions are not confirmed: $took of $limit")
        }

        promise("a server that cannot be reached does not keep the others from being tried") {
            val server = server()
            val full = closing(FullBacklog())
            val nats = connection("nats://127.0.0.1:${full.port},${server.url}") {
                randomizeServers = false
                timeouts { connect = limit }
            }
            measureTime { nats.connect() } shouldBeLessThanOrEqualTo bound
            nats.serverInfo.value?.port shouldBe server.port
        }
    })

/** A port whose queue of connections is full: the kernel answers no SYN, as a host behind a firewall. */
private class FullBacklog : AutoCloseable {
    private val listener = ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
    private val fillers = ArrayList<SocketChannel>()
    val port: Int get() = listener.localPort

    init {
        do {
            val filler = SocketChannel.open().also { it.configureBlocking(false) }
            fillers += filler
            filler.connect(InetSocketAddress("127.0.0.1", port))
            // Loopback connects within the call, as long as the queue has room.
            Thread.sleep(20)
        } while (filler.finishConnect())
    }

    override fun close() {
        fillers.forEach { it.close() }
        listener.close()
    }
}
