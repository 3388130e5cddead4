package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.ReconnectOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.toList
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.milliseconds

private val soon = ReconnectOptions {
    wait = 20.milliseconds
    jitter = 0.milliseconds
}

private const val LARGE = 6 * 1024 * 1024

class NothingStopsWhatWaitsBehindItIT :
    FunSpec({
        for (version in serverVersions) {
            promise("a message that waits when max_payload is lowered by a reload costs itself alone, on nats-server $version") {
                val server = server(version) { config = "max_payload: 8MB" }
                val received = CopyOnWriteArrayList<String>()
                val subscriber = connection(server.url) { reconnect = soon }
                subscriber.subscribeInline("small") { received += it.text() }
                subscriber.flush()
                val proxy = proxy(server.port)
                val nats = connection(proxy.url) { reconnect = soon }
                nats.connect()
                val events = eventsOf(nats)
                proxy.refuseConnections()
                proxy.closeConnections()
                events.next<NatsEvent.Disconnected>()
                nats.publish("small", "before".encodeToByteArray())
                val large = async(start = CoroutineStart.UNDISPATCHED) {
                    runCatching { nats.publishWritten("large", ByteArray(LARGE)) }
                }
                repeat(50) { nats.publish("small", "$it".encodeToByteArray()) }
                server.reload("max_payload: 1MB")
                proxy.heal()
                val discarded = events.next<NatsEvent.MessageDiscarded>()
                (discarded.subject to discarded.size) shouldBe ("large" to LARGE.toLong())
                large.await().exceptionOrNull().shouldBeInstanceOf<PayloadTooLargeException>().maxPayload shouldBe 1024L * 1024
                nats.flush()
                until { received.size == 51 }
                received.toList() shouldContainExactly listOf("before") + List(50) { "$it" }
                events.all.filterIsInstance<NatsEvent.Disconnected>().size shouldBe 1
                nats.stats().discardedMessages shouldBe 1
            }

            promise("a subscription that a server ends the link for costs itself alone, on nats-server $version") {
                val server = server(version) { config = "max_control_line: 512" }
                val nats = connection(server.url) { reconnect = soon }
                val received = CopyOnWriteArrayList<Int>()
                repeat(300) { number -> nats.subscribeInline("kept.$number") { received += number } }
                nats.flush()
                val events = eventsOf(nats)
                val long = nats.subscribe("long." + "x".repeat(600))
                val told = events.next<NatsEvent.SubscriptionEnded>()
                told.sid shouldBe long.sid
                told.cause.message.lowercase() shouldContain "maximum control line"
                runCatching { long.toList() }.exceptionOrNull() shouldBe told.cause
                events.next<NatsEvent.Reconnected>()
                repeat(300) { nats.publish("kept.$it") }
                nats.flush()
                until { received.size == 300 }
                nats.stats().subscriptions shouldBe 300
            }
        }
    })
