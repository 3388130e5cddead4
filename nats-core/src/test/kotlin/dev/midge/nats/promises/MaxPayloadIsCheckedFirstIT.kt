package dev.midge.nats.promises

import dev.midge.nats.Headers
import dev.midge.nats.NatsEvent
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.ReconnectOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContainIgnoringCase
import kotlinx.coroutines.channels.Channel
import kotlin.time.Duration.Companion.milliseconds

class MaxPayloadIsCheckedFirstIT :
    FunSpec({
        for (version in serverVersions) {
            for (max in listOf(100, 1024 * 1024, 8 * 1024 * 1024)) {
                promise("$max B pass and ${max + 1} B are refused here, on nats-server $version") {
                    val server = server(version) { config = "max_payload: $max" }
                    val nats = connection(server.url)
                    val sizes = Channel<Int>(Channel.UNLIMITED)
                    nats.subscribeInline("big") { sizes.trySend(it.payload.size) }
                    val events = eventsOf(nats)
                    nats.publish("big", ByteArray(max))
                    sizes.receive() shouldBe max
                    val headers = Headers.of("name" to "value")
                    val refused = shouldThrow<PayloadTooLargeException> { nats.publish("big", ByteArray(max), headers) }
                    refused.maxPayload shouldBe max.toLong()
                    val headerSize = (refused.size - max).toInt()
                    nats.publish("big", ByteArray(max - headerSize), headers)
                    sizes.receive() shouldBe max - headerSize
                    shouldThrow<PayloadTooLargeException> { nats.publish("big", ByteArray(max - headerSize + 1), headers) }
                    shouldThrow<PayloadTooLargeException> { nats.publish("big", ByteArray(max + 1)) }
                    shouldThrow<PayloadTooLargeException> { nats.request("big", ByteArray(max + 1)) }
                    nats.flush()
                    nats.stats().connects shouldBe 1
                    nats.stats().sentMessages shouldBe 2
                    nats.stats().pendingRequests shouldBe 0
                    events.all.shouldBeEmpty()
                    server.log() shouldNotContainIgnoringCase "maximum payload"
                }
            }
        }

        promise("the limit is that of the server in use") {
            val large = server { config = "max_payload: 2000" }
            val small = server { config = "max_payload: 1000" }
            val proxy = proxy(large.port)
            val nats = connection(proxy.url) {
                reconnect {
                    wait = 5.milliseconds
                    jitter = 0.milliseconds
                }
            }
            val events = eventsOf(nats)
            nats.publish("big", ByteArray(2000))
            nats.flush()
            proxy.target("127.0.0.1", small.port)
            proxy.closeConnections()
            events.next<NatsEvent.Reconnected>()
            shouldThrow<PayloadTooLargeException> { nats.publish("big", ByteArray(1001)) }.maxPayload shouldBe 1000
            nats.publish("big", ByteArray(1000))
            nats.flush()
            nats.stats().connects shouldBe 2
        }
    })
