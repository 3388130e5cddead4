@file:JvmName("Outage")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.testing.EmbeddedNatsServer
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * What a connection does, and says, while its server is restarted. Run it with
 * `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.Outage`.
 */
fun main() {
    EmbeddedNatsServer.start().use { server ->
        println("A server restart, seen from the client at ${server.url}")
        runBlocking { outage(server) }
    }
}

private suspend fun outage(server: EmbeddedNatsServer) = coroutineScope {
    val lesson = Lesson("Outage.kt")

    lesson.step("Listen")
    // Two ways to know: `state` is where the connection is now, `events` is everything that happens, in order.
    val nats = NatsConnection(server.url) {
        reconnect { wait = 300.milliseconds }
    }
    val events = Channel<NatsEvent>(Channel.UNLIMITED)
    val listening = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::send) }
    val news = nats.subscribe("news.*")
    nats.respond("time") { "noon".encodeToByteArray() }
    lesson.effect("${events.receive()::class.simpleName}; the state is ${nats.state.value}")

    lesson.step("The server goes away")
    server.shutdown()
    val loss = events.next<NatsEvent.Disconnected>()
    lesson.effect("Disconnected: ${loss.cause.message}; the state is ${nats.state.value}")

    lesson.step("Work goes on")
    // Publishes are kept, 8 MiB of them by default. A request waits for its reply as long as its timeout says.
    nats.publish("news.local", "written during the outage".encodeToByteArray())
    val noon = async(start = CoroutineStart.UNDISPATCHED) { nats.request("time", timeout = 10.seconds) }
    val attempt = events.next<NatsEvent.ReconnectFailed>()
    lesson.effect("${nats.stats().pendingBytes} B wait; attempt ${attempt.attempt} failed: ${attempt.cause.message}")

    lesson.step("It comes back")
    // Told when the server has taken all subscriptions again: nothing is published before that.
    server.restart()
    val back = events.next<NatsEvent.Reconnected>()
    lesson.effect("Reconnected to ${back.url}; the state is ${nats.state.value}, ${nats.stats().subscriptions} subscriptions")

    lesson.step("Nothing was lost")
    val message = news.first()
    val reply = noon.await()
    lesson.effect("received '${message.text()}', and the reply '${reply.text()}' to the request of before")

    lesson.step("The end is told as well")
    nats.close()
    val end = events.next<NatsEvent.Closed>()
    lesson.effect("Closed, cause ${end.cause}: it was asked for; the state is ${nats.state.value}")
    listening.cancel()
}

/** The next event of this kind; what lies before it is passed over. */
private suspend inline fun <reified E : NatsEvent> Channel<NatsEvent>.next(): E {
    while (true) (receive() as? E)?.let { return it }
}
