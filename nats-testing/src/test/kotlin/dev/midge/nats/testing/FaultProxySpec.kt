package dev.midge.nats.testing

import dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER
import dev.midge.nats.testing.FaultProxy.Direction.SERVER_TO_CLIENT
import dev.midge.nats.testing.fixtures.RefusedPort
import dev.midge.nats.testing.fixtures.TcpTarget
import dev.midge.nats.testing.fixtures.receive
import dev.midge.nats.testing.fixtures.receiveAll
import dev.midge.nats.testing.fixtures.send
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import java.io.IOException
import java.net.ServerSocket
import java.net.Socket

class FaultProxySpec :
    FunSpec({
        test("without a fault bytes pass both ways and are counted") {
            proxied { proxy, client, server ->
                client.send("hello")
                server.receive(5) shouldBe "hello"
                server.send("hi")
                client.receive(2) shouldBe "hi"
                proxy.bytes(CLIENT_TO_SERVER) shouldBe 5
                proxy.bytes(SERVER_TO_CLIENT) shouldBe 2
                proxy.acceptedConnections shouldBe 1
                proxy.openConnections shouldBe 1
            }
        }

        test("a stream can be ended one way and go on the other way") {
            proxied { proxy, client, server ->
                client.send("request")
                client.shutdownOutput()
                server.receiveAll() shouldBe "request"
                server.send("answer")
                server.close()
                client.receiveAll() shouldBe "answer"
                proxy.openConnections shouldBe 0
            }
        }

        test("a reset is passed on") {
            proxied { _, client, server ->
                client.setSoLinger(true, 0)
                client.close()
                server.shouldBeReset()
            }
        }

        test("megabytes pass unchanged while the receiver is slow") {
            proxied { _, client, server ->
                val bytes = ByteArray(20_000_000) { (it * 31).toByte() }
                val sender = Thread { client.getOutputStream().write(bytes) }.apply { start() }
                server.getInputStream().readNBytes(bytes.size).contentEquals(bytes) shouldBe true
                sender.join()
            }
        }

        test("hundreds of connections are held at a time, each with its own target connection") {
            TcpTarget().use { target ->
                FaultProxy.start(target.port).use { proxy ->
                    val clients = List(300) { TcpTarget.connect(proxy.port).apply { send("%03d".format(it)) } }
                    val servers = List(300) { target.accept() }
                    proxy.openConnections shouldBe 300
                    servers.map { it.receive(3).toInt() }.sorted() shouldBe List(300) { it }
                    clients.forEach { it.close() }
                }
            }
        }

        test("a client whose target is not there is reset, and served once the target was changed") {
            RefusedPort().use { nobody ->
                TcpTarget().use { target ->
                    FaultProxy.start(nobody.port).use { proxy ->
                        TcpTarget.connect(proxy.port).use { it.shouldBeReset() }
                        proxy.target("127.0.0.1", target.port)
                        TcpTarget.connect(proxy.port).use {
                            it.send("x")
                            target.accept().receive(1) shouldBe "x"
                        }
                    }
                }
            }
        }

        test("new connections are refused, open ones go on, and healing brings the same port back") {
            proxied { proxy, client, server ->
                proxy.refuseConnections()
                shouldThrow<IOException> { TcpTarget.connect(proxy.port) }
                client.send("still here")
                server.receive(10) shouldBe "still here"
                proxy.heal()
                TcpTarget.connect(proxy.port).close()
                proxy.acceptedConnections shouldBe 2
            }
        }

        test("what a client sent is captured, even if nothing of it was forwarded") {
            TcpTarget().use { target ->
                FaultProxy.start(target.port).use { proxy ->
                    proxy.blackHole()
                    TcpTarget.connect(proxy.port).use { it.send("first") }
                    TcpTarget.connect(proxy.port).use { proxy.acceptedConnections shouldBe 2 }
                    TcpTarget.connect(proxy.port).use { it.send("third") }
                    proxy.captured(CLIENT_TO_SERVER).map { it.decodeToString() } shouldBe listOf("first", "", "third")
                    proxy.captured(SERVER_TO_CLIENT) shouldHaveSize 3
                    proxy.bytes(CLIENT_TO_SERVER) shouldBe 0
                }
            }
        }

        test("a capture keeps the first 64 KiB") {
            proxied { proxy, client, server ->
                client.send("x".repeat(65_536) + "y".repeat(100))
                server.receive(65_636)
                proxy.captured(CLIENT_TO_SERVER).single().decodeToString() shouldBe "x".repeat(65_536)
            }
        }

        test("closing ends every connection and the thread, frees the port, and keeps the counts") {
            TcpTarget().use { target ->
                val proxy = FaultProxy.start(target.port)
                val clients = List(10) { TcpTarget.connect(proxy.port).apply { send("x") } }
                val servers = List(10) { target.accept() }
                servers.forEach { it.receive(1) }
                proxy.refuseConnections()
                proxy.close()
                proxy.close()
                clients.forEach { it.receiveAll() shouldBe "" }
                servers.forEach { it.receiveAll() shouldBe "" }
                Thread.getAllStackTraces().keys.filter { it.name == "fault-proxy-${proxy.port}" } shouldBe emptyList()
                ServerSocket(proxy.port).close()
                proxy.bytes(CLIENT_TO_SERVER) shouldBe 10
                proxy.captured(CLIENT_TO_SERVER) shouldHaveSize 10
                proxy.openConnections shouldBe 0
                shouldThrow<IllegalStateException> { proxy.pause() }
            }
        }

        test("a fault that makes no sense is an argument error") {
            FaultProxy.start(1).use { proxy ->
                shouldThrow<IllegalArgumentException> { proxy.split(0) }
                shouldThrow<IllegalArgumentException> { proxy.throttle(0) }
                shouldThrow<IllegalArgumentException> { proxy.cutAfter(-1, CLIENT_TO_SERVER) }
                shouldThrow<IllegalArgumentException> { proxy.target("127.0.0.1", 0) }
            }
        }
    })

/** Runs [test] with a connection through a proxy: both of its ends. */
internal fun proxied(test: (proxy: FaultProxy, client: Socket, server: Socket) -> Unit) {
    TcpTarget().use { target ->
        FaultProxy.start(target.port).use { proxy ->
            TcpTarget.connect(proxy.port).use { client -> test(proxy, client, target.accept()) }
        }
    }
}

internal fun Socket.shouldBeReset() {
    shouldThrow<java.net.SocketException> { receiveAll() }.message shouldBe "Connection reset"
}
