package dev.midge.nats.jetstream.consumers

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.fixtures.withOwnServer
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.launch
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** One server with the stream `ORDERS`, and a client of it. */
internal class ConsumerScope(scope: CoroutineScope, val server: NatsServerProcess, val nats: NatsConnection) : CoroutineScope by scope {
    val js: JetStream = nats.jetStream()
    val stream: NatsStream = js.stream("ORDERS")
    val events = ConcurrentLinkedQueue<JetStreamEvent>()

    /** But for the one that takes the replies to requests. */
    val leftSubscriptions: Int
        get() = nats.stats().subscriptions - 1

    suspend fun createStream(more: String = "") {
        val body = """{"name":"ORDERS","subjects":["orders.>"],"storage":"file"$more}"""
        js.channel.request("STREAM", "CREATE", "ORDERS", body = Json.parseToJsonElement(body).jsonObject)
    }

    /** Publishes each number of [numbers] to `orders.` and what [subject] makes of it. */
    suspend fun publish(numbers: IntRange, subject: (Int) -> String = { "new" }) {
        for (number in numbers) nats.request("orders.${subject(number)}", "$number".encodeToByteArray())
    }

    suspend fun consumer(name: String = "billing", ackWait: Duration = 30.seconds): NatsConsumer =
        stream.createConsumer(name) { this.ackWait = ackWait }

    fun collectEvents() {
        launch(start = CoroutineStart.UNDISPATCHED) { js.events.collect(events::add) }
    }
}

internal val JetStreamMessage.number: Int
    get() = text().toInt()

/** A test on a server of [version]; everything is closed when it ends. */
internal fun FunSpecRootScope.onServer(
    version: String,
    name: String,
    timeout: Duration = 60.seconds,
    test: suspend ConsumerScope.() -> Unit,
) {
    test("$name, on nats-server $version").config(timeout = timeout) {
        withOwnServer(version) { server, nats -> ConsumerScope(this, server, nats).apply { createStream() }.test() }
    }
}
