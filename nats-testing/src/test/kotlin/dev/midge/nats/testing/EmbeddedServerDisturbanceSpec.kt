package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import dev.midge.nats.testing.fixtures.RefusedPort
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.nats.client.ConnectionListener
import io.nats.client.ErrorListener
import io.nats.client.Nats
import io.nats.client.Options
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class EmbeddedServerDisturbanceSpec :
    FunSpec({
        val nobody = autoClose(RefusedPort())

        test("a server that is shut down has cut everybody off and refuses to be connected to") {
            EmbeddedNatsServer.start().use { server ->
                RawClient(server.port).use { client ->
                    client.send("SUB a 1")
                    client.linesUntilPong()
                    server.shutdown()
                    server.connections shouldBe 0
                    server.subscriptions shouldBe 0
                    client.linesUntilClosed().shouldBeEmpty()
                    shouldThrow<ConnectException> { RawClient(server.port) }
                    server.shutdown()
                }
            }
        }

        test("a restarted server is another one on the same port") {
            EmbeddedNatsServer.start().use { server ->
                val port = server.port
                val first = RawClient(port)
                server.pushInfo(connectUrls = listOf("127.0.0.1:1"))
                server.restart()
                first.linesUntilClosed().shouldBeEmpty()
                RawClient(port).use { second ->
                    serverId(second.info) shouldNotBe serverId(first.info)
                    second.info shouldNotContain "connect_urls"
                    second.linesUntilPong().shouldBeEmpty()
                }
                server.shutdown()
                server.restart()
                RawClient(port).use { it.linesUntilPong().shouldBeEmpty() }
                server.port shouldBe port
            }
        }

        test("a closed server is not restarted") {
            val server = EmbeddedNatsServer.start()
            server.close()
            shouldThrow<IllegalStateException> { server.restart() }
            shouldThrow<IllegalStateException> { server.disconnectClients() }
        }

        test("clients are cut off by name, or all of them") {
            EmbeddedNatsServer.start().use { server ->
                val (ann, joe, nameless) = List(3) { RawClient(server.port) }
                ann.send("""CONNECT {"verbose":false,"name":"ann"}""")
                joe.send("""CONNECT {"verbose":false,"name":"joe"}""")
                listOf(ann, joe, nameless).forEach { it.linesUntilPong() }
                server.disconnectClients("ann") shouldBe 1
                ann.linesUntilClosed().shouldBeEmpty()
                joe.linesUntilPong().shouldBeEmpty()
                server.disconnectClients() shouldBe 2
                joe.linesUntilClosed().shouldBeEmpty()
                nameless.linesUntilClosed().shouldBeEmpty()
                RawClient(server.port).use { it.linesUntilPong().shouldBeEmpty() }
            }
        }

        test("a new INFO goes to those who understand it, when their handshake is over") {
            EmbeddedNatsServer.start().use { server ->
                val (ready, old, early) = List(3) { RawClient(server.port) }
                ready.send("""CONNECT {"verbose":false,"protocol":1}""")
                old.send("""CONNECT {"verbose":false,"protocol":0}""")
                early.send("""CONNECT {"verbose":true,"protocol":1}""")
                ready.linesUntilPong()
                old.linesUntilPong()
                early.readLine() shouldBe "+OK"
                server.pushInfo(listOf("127.0.0.1:4223", "[::1]:4224"), lameDuck = true)

                ready.readLine().let {
                    it shouldContain """"connect_urls":["127.0.0.1:4223","[::1]:4224"]"""
                    it shouldContain """"ldm":true"""
                    serverId(it) shouldBe serverId(ready.info)
                }
                ready.linesUntilPong().shouldBeEmpty()
                old.linesUntilPong().shouldBeEmpty()

                early.linesUntilPong().shouldBeEmpty()
                early.readLine() shouldContain """"ldm":true"""
                RawClient(server.port).use { it.info shouldContain """"ldm":true""" }

                server.pushInfo()
                ready.readLine() shouldNotContain "ldm"
            }
        }

        test("the official client notices a lame duck and new servers, and is back after a restart") {
            EmbeddedNatsServer.start().use { server ->
                val seen = LinkedBlockingQueue<ConnectionListener.Events>()
                val options =
                    Options
                        .builder()
                        .server(server.url)
                        .maxReconnects(-1)
                        .reconnectWait(Duration.ofMillis(10))
                        .errorListener(object : ErrorListener {})
                        .connectionListener { _, event -> seen += event }
                        .build()
                Nats.connect(options).use { nats ->
                    val subscription = nats.subscribe("after")
                    nats.flush(TIMEOUT)
                    server.pushInfo(listOf("127.0.0.1:${server.port}", "127.0.0.1:${nobody.port}"), lameDuck = true)
                    seen.until(ConnectionListener.Events.LAME_DUCK) shouldContain ConnectionListener.Events.DISCOVERED_SERVERS
                    server.restart()
                    seen.until(ConnectionListener.Events.RESUBSCRIBED) shouldContain ConnectionListener.Events.DISCONNECTED
                    nats.publish("after", ByteArray(3))
                    subscription.nextMessage(TIMEOUT).data.toList() shouldHaveSize 3
                }
            }
        }
    })

private val TIMEOUT: Duration = Duration.ofSeconds(5)

private fun serverId(info: String): String = info.substringAfter("\"server_id\":\"").substringBefore('"')

/** The events up to [last], which must come in time. */
private fun LinkedBlockingQueue<ConnectionListener.Events>.until(last: ConnectionListener.Events): List<ConnectionListener.Events> =
    buildList {
        while (last !in this) add(checkNotNull(poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) { "No $last among $this." })
    }
