package dev.midge.nats.promises

import dev.midge.nats.BufferOptions
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

/** 4 Mbit/s. */
private const val SLOW = 500_000L

class ProgressExtendsLimitsIT :
    FunSpec({
        promise("50,000 subscriptions come back over a slow network, however small the connect timeout is beside that") {
            val count = 50_000
            val server = server()
            val proxy = proxy(server.port)
            val limit = 2.seconds
            val nats = connection(proxy.url) {
                name = "many"
                reconnect {
                    wait = 5.milliseconds
                    jitter = 0.milliseconds
                }
                timeouts { connect = limit }
                buffers { outbound = 16 * 1024 * 1024 }
            }
            repeat(count) { nats.subscribeInline("slow.network.of.many.subscriptions.$it") { } }
            nats.flush(30.seconds)
            val events = eventsOf(nats)
            val before = proxy.bytes(CLIENT_TO_SERVER)
            proxy.throttle(SLOW, CLIENT_TO_SERVER)
            proxy.closeConnections()
            val took = measureTime { events.next<NatsEvent.Reconnected>() }
            events.all.filterIsInstance<NatsEvent.ReconnectFailed>().shouldBeEmpty()
            took shouldBeGreaterThan limit
            nats.flush(30.seconds)
            server.monitor(
                "/connz",
            ).getValue("connections").toString().substringAfter("\"subscriptions\":").takeWhile(Char::isDigit) shouldBe
                "$count"
            val sent = proxy.bytes(CLIENT_TO_SERVER) - before
            figure("ProgressExtendsLimits: $count subscriptions were back after $took, $sent B sent, with a connect timeout of $limit")
        }

        promise("closing writes out what is queued as long as the network takes it") {
            val server = server()
            val proxy = proxy(server.port)
            val received = AtomicInteger()
            val subscriber = connection(server.url)
            subscriber.subscribeInline("bulk") { received.incrementAndGet() }
            subscriber.flush()
            val limit = 500.milliseconds
            val nats = connection(proxy.url) {
                timeouts { close = limit }
                buffers { outbound = 64 * 1024 * 1024 }
            }
            nats.connect()
            proxy.throttle(8_000_000, CLIENT_TO_SERVER)
            val messages = 480
            val payload = ByteArray(64 * 1024)
            repeat(messages) { nats.publish("bulk", payload) }
            val took = measureTime { nats.close() }
            took shouldBeGreaterThan limit
            until { received.get() == messages }
            figure("ProgressExtendsLimits: closing took $took of $limit, $messages of $messages messages arrived")
        }

        promise("closing gives up in time when the network takes nothing") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) {
                timeouts { close = 300.milliseconds }
                buffers { outbound = 64 * 1024 * 1024 }
            }
            nats.connect()
            proxy.pause()
            repeat(480) { nats.publish("bulk", ByteArray(64 * 1024)) }
            until {
                val before = nats.stats().sentBytes
                kotlinx.coroutines.delay(50.milliseconds)
                nats.stats().sentBytes == before
            }
            measureTime { nats.close() } shouldBeLessThan 600.milliseconds
        }
    })
