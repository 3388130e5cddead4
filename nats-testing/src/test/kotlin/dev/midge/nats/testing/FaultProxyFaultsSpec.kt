package dev.midge.nats.testing

import dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER
import dev.midge.nats.testing.FaultProxy.Direction.SERVER_TO_CLIENT
import dev.midge.nats.testing.fixtures.TcpTarget
import dev.midge.nats.testing.fixtures.receive
import dev.midge.nats.testing.fixtures.receiveAll
import dev.midge.nats.testing.fixtures.send
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveAtLeastSize
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.shouldBe
import java.net.Socket
import java.net.SocketTimeoutException
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.measureTime

class FaultProxyFaultsSpec :
    FunSpec({
        test("bytes are delayed in the direction that was asked for") {
            proxied { proxy, client, server ->
                proxy.delay(Duration.ofMillis(100), CLIENT_TO_SERVER)
                measureTime {
                    client.send("a")
                    server.receive(1) shouldBe "a"
                } shouldBeGreaterThanOrEqualTo 100.milliseconds
                server.send("b")
                client.receive(1) shouldBe "b"
            }
        }

        test("a delay that is shortened holds for what waits already") {
            proxied { proxy, client, server ->
                proxy.delay(Duration.ofDays(1))
                client.send("a")
                proxy.captured(CLIENT_TO_SERVER)
                proxy.delay(Duration.ofMillis(10))
                server.receive(1) shouldBe "a"
            }
        }

        test("a throttled connection is not faster than it may be, and loses nothing") {
            proxied { proxy, client, server ->
                proxy.throttle(100_000)
                val text = "0123456789".repeat(2_000)
                measureTime {
                    client.send(text)
                    server.receive(text.length) shouldBe text
                } shouldBeGreaterThanOrEqualTo 170.milliseconds
            }
        }

        test("split bytes arrive in whole pieces") {
            proxied { proxy, client, server ->
                proxy.split(7, CLIENT_TO_SERVER)
                proxy.throttle(1_000, CLIENT_TO_SERVER)
                client.send("x".repeat(7 * 30))
                val sizes = server.readSizes(7 * 30)
                sizes.filter { it % 7 != 0 } shouldBe emptyList()
                sizes shouldHaveAtLeastSize 2
            }
        }

        for (count in listOf(0, 1, 100, 70_000)) {
            test("a cut after $count bytes lets exactly these through, from client to server") {
                proxied { proxy, client, server ->
                    client.send("before")
                    server.receive(6)
                    proxy.cutAfter(count.toLong(), CLIENT_TO_SERVER)
                    server.send("unread by the client until the end")
                    client.send("x".repeat(count + 50))
                    server.receiveAll() shouldBe "x".repeat(count)
                    proxy.bytes(CLIENT_TO_SERVER) shouldBe 6L + count
                    proxy.openConnections shouldBe 0
                }
            }

            test("a cut after $count bytes lets exactly these through, from server to client") {
                proxied { proxy, client, server ->
                    proxy.cutAfter(count.toLong(), SERVER_TO_CLIENT)
                    server.send("x".repeat(count + 50))
                    client.receiveAll() shouldBe "x".repeat(count)
                }
            }
        }

        test("a cut hits later connections too, as often as it was told to") {
            TcpTarget().use { target ->
                FaultProxy.start(target.port).use { proxy ->
                    proxy.cutAfter(3, CLIENT_TO_SERVER, times = 2)
                    val received = List(3) {
                        TcpTarget.connect(proxy.port).use { client ->
                            client.send("12345")
                            client.shutdownOutput()
                            target.accept().receiveAll()
                        }
                    }
                    received shouldBe listOf("123", "123", "12345")
                }
            }
        }

        test("connections that are closed see the end of the stream, those that are reset a reset") {
            proxied { proxy, client, server ->
                proxy.closeConnections()
                client.receiveAll() shouldBe ""
                server.receiveAll() shouldBe ""
            }
            proxied { proxy, client, server ->
                proxy.resetConnections()
                client.shouldBeReset()
                server.shouldBeReset()
                proxy.openConnections shouldBe 0
            }
        }

        test("a paused direction holds back bytes and the end, and gives them when it is resumed") {
            proxied { proxy, client, server ->
                proxy.pause(CLIENT_TO_SERVER)
                client.send("late")
                client.shutdownOutput()
                server.send("on time")
                client.receive(7) shouldBe "on time"
                server.shouldHearNothing()
                proxy.resume(CLIENT_TO_SERVER)
                server.receiveAll() shouldBe "late"
            }
        }

        test("a paused direction makes the sender wait") {
            proxied { proxy, client, server ->
                proxy.pause()
                val text = "x".repeat(30_000_000)
                val sender = Thread { client.send(text) }.apply { start() }
                sender.join(100)
                sender.isAlive shouldBe true
                proxy.heal()
                server.receive(text.length).length shouldBe text.length
                sender.join()
            }
        }

        test("a black hole takes bytes, ends and resets, and makes no sender wait") {
            proxied { proxy, client, server ->
                proxy.blackHole()
                client.send("x".repeat(30_000_000))
                client.setSoLinger(true, 0)
                client.close()
                server.shouldHearNothing()
                proxy.openConnections shouldBe 1
                proxy.heal()
                server.shouldBeReset()
                proxy.openConnections shouldBe 0
            }
        }

        test("a black hole swallows new connections, and healing resets those but not one that lost nothing") {
            TcpTarget().use { target ->
                FaultProxy.start(target.port).use { proxy ->
                    val before = TcpTarget.connect(proxy.port)
                    val server = target.accept()
                    proxy.blackHole()
                    val swallowed = TcpTarget.connect(proxy.port)
                    proxy.openConnections shouldBe 2
                    target.hasConnection() shouldBe false
                    proxy.heal()
                    swallowed.shouldBeReset()
                    before.send("still here")
                    server.receive(10) shouldBe "still here"
                    before.close()
                }
            }
        }

        test("a black hole in one direction leaves the other one alone") {
            proxied { proxy, client, server ->
                proxy.blackHole(SERVER_TO_CLIENT)
                client.send("PING")
                server.receive(4) shouldBe "PING"
                server.send("PONG")
                client.shouldHearNothing()
            }
        }

        test("a byte is inverted at an offset, counted from the call, once a connection") {
            proxied { proxy, client, server ->
                client.send("abc")
                server.receive(3)
                proxy.corruptAt(2, CLIENT_TO_SERVER)
                client.send("\u0000\u0000\u0000\u0000\u0000")
                server.receive(5) shouldBe "\u0000\u0000\u00ff\u0000\u0000"
            }
        }

        test("every third byte is inverted, however the bytes come in pieces") {
            proxied { proxy, client, server ->
                proxy.corruptEvery(3, SERVER_TO_CLIENT)
                proxy.split(2)
                server.send("\u0000".repeat(7))
                client.receive(7) shouldBe "\u0000\u0000\u00ff\u0000\u0000\u00ff\u0000"
            }
        }

        test("a corruption is used up after as many connections as it was told") {
            TcpTarget().use { target ->
                FaultProxy.start(target.port).use { proxy ->
                    proxy.corruptAt(0, CLIENT_TO_SERVER, times = 1)
                    val received = List(2) {
                        TcpTarget.connect(proxy.port).use { client ->
                            client.send("\u0000")
                            target.accept().receive(1)
                        }
                    }
                    received shouldBe listOf("\u00ff", "\u0000")
                }
            }
        }

        test("healing takes everything away at once") {
            proxied { proxy, client, server ->
                proxy.delay(Duration.ofDays(1))
                proxy.throttle(1)
                proxy.split(1)
                proxy.corruptEvery(1, CLIENT_TO_SERVER)
                proxy.cutAfter(5, CLIENT_TO_SERVER)
                client.send("as it was")
                proxy.captured(CLIENT_TO_SERVER)
                proxy.heal()
                server.receive(9) shouldBe "as it was"
            }
        }
    })

/** Nothing can be shown only by waiting for a while: much longer than loopback takes. */
private fun Socket.shouldHearNothing() {
    soTimeout = 50
    shouldThrow<SocketTimeoutException> { receive(1) }
    soTimeout = 5_000
}

/** How many bytes each read gave, until [total] have come. */
private fun Socket.readSizes(total: Int): List<Int> = buildList {
    val buffer = ByteArray(total)
    while (sum() < total) add(getInputStream().read(buffer).also { check(it > 0) { "The stream ended after ${sum()} bytes." } })
}
