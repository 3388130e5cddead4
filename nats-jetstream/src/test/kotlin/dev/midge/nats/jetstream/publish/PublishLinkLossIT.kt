package dev.midge.nats.jetstream.publish

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.FaultProxy
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class PublishLinkLossIT :
    FunSpec({
        for (version in serverVersions) {
            onServer("publishes that are open when the server is killed each end typed, within their time", version) {
                createStream("S", "s.>")
                js.publish("s.a", bytes(0))
                freeze()
                val open = List(20) { js.publishAsync("s.a", bytes(it)) }
                coroutineScope {
                    val waiting = async { runCatching { js.publish("s.a", bytes("x")) }.exceptionOrNull() }
                    nats.awaitPending(21)
                    server.kill()
                    for (failure in open.map { runCatching { it.await() }.exceptionOrNull() } + waiting.await()) {
                        failure.shouldBeInstanceOf<PublishUnconfirmedException>().cause.shouldBeInstanceOf<ConnectionLostException>()
                    }
                }
                // The window is free for others.
                server.restart()
                js.publish("s.a", bytes("after")) { retries = 100 }.stream shouldBe "S"
            }

            onServer("publishes with an id, and the wish for it, are sent again after the server was killed, and stored once", version) {
                createStream("S", "s.>")
                js.publish("s.a", bytes("first")) { messageId = "first" }
                freeze()
                val again = PublishOptions {
                    resendAfterReconnect = true
                    timeout = 30.seconds
                }
                val open = List(20) { number -> js.publishAsync("s.a", bytes(number), again.copy { messageId = "$number" }) }
                val withoutId = js.publishAsync("s.a", bytes("no id"), again)
                coroutineScope {
                    val waiting = async { js.publish("s.a", bytes("20"), again.copy { messageId = "20" }) }
                    nats.awaitPending(22)
                    server.kill()
                    server.restart()
                    open.forEach { it.await().stream shouldBe "S" }
                    waiting.await().stream shouldBe "S"
                }
                shouldThrow<PublishUnconfirmedException> { withoutId.await() }
                storedAll("S").filter { it != "no id" }.sorted() shouldBe (listOf("first") + (0..20).map { "$it" }).sorted()
            }

            onServer("a message whose acknowledgement was lost with the link is sent again, and stored once", version) {
                createStream("S", "s.>")
                FaultProxy.start(server.port).use { proxy ->
                    val proxied = NatsConnection(proxy.url) { reconnect = nats.options.reconnect }
                    try {
                        val through = proxied.jetStream()
                        through.publish("s.a", bytes(0))
                        proxy.pause(FaultProxy.Direction.SERVER_TO_CLIENT)
                        val lost = through.publishAsync("s.a", bytes("lost"))
                        val again = through.publishAsync("s.a", bytes(1)) {
                            messageId = "1"
                            resendAfterReconnect = true
                        }
                        until { count("S") == 3L }
                        proxy.resetConnections()
                        proxy.heal()
                        again.await() shouldBe PublishAck("S", 3, isDuplicate = true)
                        shouldThrow<PublishUnconfirmedException> { lost.await() }
                        count("S") shouldBe 3
                    } finally {
                        proxied.close()
                    }
                }
            }

            onServer("a message that is not acknowledged for some time is sent again, and stored once", version) {
                createStream("S", "s.>")
                FaultProxy.start(server.port).use { proxy ->
                    val proxied = NatsConnection(proxy.url)
                    try {
                        val through = proxied.jetStream()
                        through.publish("s.a", bytes(0))
                        // Stops what comes, and keeps it: the late acknowledgement of the first attempt is for nobody.
                        proxy.pause(FaultProxy.Direction.SERVER_TO_CLIENT)
                        val patient = PublishOptions {
                            messageId = "1"
                            resendAfterSilence = 100.milliseconds
                            timeout = 30.seconds
                        }
                        val again = through.publishAsync("s.a", bytes(1), patient)
                        val silent = through.publishAsync("s.a", bytes(2)) { timeout = 100.milliseconds }
                        shouldThrow<JetStreamTimeoutException> { silent.await() }
                        // Three attempts are on their way to the server at least.
                        val before = proxy.bytes(FaultProxy.Direction.CLIENT_TO_SERVER)
                        until { proxy.bytes(FaultProxy.Direction.CLIENT_TO_SERVER) > before + 100 }
                        proxy.resume()
                        again.await() shouldBe PublishAck("S", 2, isDuplicate = true)
                        count("S") shouldBe 3
                    } finally {
                        proxied.close()
                    }
                }
            }
        }
    })
