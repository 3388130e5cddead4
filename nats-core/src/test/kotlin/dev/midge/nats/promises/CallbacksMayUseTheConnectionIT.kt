package dev.midge.nats.promises

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.Overflow
import dev.midge.nats.ReconnectOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val atOnce = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

class CallbacksMayUseTheConnectionIT :
    FunSpec({
        promise("collectors of events and states may call anything, on any dispatcher") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce }
            nats.respond("echo") { it.payload }
            val events = eventsOf(nats)
            val calls = AtomicInteger()
            suspend fun useIt() {
                try {
                    nats.publish("from.callback")
                    nats.subscribe("from.callback").unsubscribe()
                    nats.flush(2.seconds)
                    nats.request("echo", timeout = 2.seconds)
                } catch (e: NatsException) {
                    // Lost again meanwhile.
                }
                calls.incrementAndGet()
            }
            val collectors = listOf(Dispatchers.Default, Dispatchers.Unconfined).flatMap { dispatcher ->
                listOf(
                    launch(dispatcher, CoroutineStart.UNDISPATCHED) { nats.events.collect { useIt() } },
                    launch(dispatcher, CoroutineStart.UNDISPATCHED) { nats.state.collect { useIt() } },
                )
            }
            repeat(10) { round ->
                proxy.resetConnections()
                events.next<NatsEvent.Reconnected>()
                until { calls.get() > (round + 1) * 4 }
            }
            nats.flush()
            collectors.forEach { it.cancel() }
            calls.get() shouldBeGreaterThan 40
        }

        promise("collectors of events that are slow, stuck or throw disturb nothing") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce }
            nats.connect()
            val events = eventsOf(nats)
            val stuck = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect { awaitCancellation() } }
            val thrown = CompletableDeferred<Throwable>()
            launch(start = CoroutineStart.UNDISPATCHED) {
                runCatching { nats.events.onEach { error("a broken listener") }.collect { } }.onFailure(thrown::complete)
            }
            repeat(5) {
                proxy.resetConnections()
                events.next<NatsEvent.Reconnected>()
            }
            thrown.await().message shouldBe "a broken listener"
            nats.flush()
            stuck.cancel()
        }

        promise("the state has changed when its event is seen") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce.copy { wait = 50.milliseconds } }
            val wrong = CopyOnWriteArrayList<String>()
            launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
                nats.events.collect { event ->
                    val state = nats.state.value
                    val right = when (event) {
                        // Later ones are no contradiction: the connection does not wait for its listeners.
                        is NatsEvent.Connected, is NatsEvent.Reconnected -> state != ConnectionState.Connecting

                        is NatsEvent.Closed -> state == ConnectionState.Closed

                        else -> true
                    }
                    if (!right) wrong += "$event in $state"
                }
            }
            val events = eventsOf(nats)
            nats.connect()
            repeat(10) {
                proxy.closeConnections()
                proxy.refuseConnections()
                events.next<NatsEvent.Disconnected>()
                nats.state.value shouldBe ConnectionState.Reconnecting
                proxy.heal()
                events.next<NatsEvent.Reconnected>()
                nats.state.value shouldBe ConnectionState.Connected
            }
            nats.close()
            events.next<NatsEvent.Closed>()
            wrong shouldContainExactly emptyList()
        }

        promise("handlers may request, unsubscribe, subscribe and reconnect") {
            val server = server()
            val nats = connection(server.url) { reconnect = atOnce }
            nats.respond("echo") { it.payload }
            val done = CompletableDeferred<String>()
            val own = CompletableDeferred<dev.midge.nats.Subscription>()
            own.complete(
                nats.subscribe("work") { message ->
                    val reply = nats.request("echo", message.payload).text()
                    nats.subscribe("more").unsubscribe()
                    nats.reconnect()
                    nats.flush()
                    own.await().unsubscribe()
                    done.complete(reply)
                },
            )
            nats.publish("work", "1".encodeToByteArray())
            done.await() shouldBe "1"
            nats.stats().connects shouldBe 2
        }

        promise("close from a listener, in the middle of a reconnect, ends the connection") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce }
            nats.connect()
            val closing = launch(start = CoroutineStart.UNDISPATCHED) {
                nats.events.first { it is NatsEvent.Reconnecting }
                nats.close()
            }
            proxy.refuseConnections()
            proxy.resetConnections()
            closing.join()
            nats.state.value shouldBe ConnectionState.Closed
        }

        promise("a full queue that holds the reader does not keep the connection from coming back") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce }
            val held = nats.subscribe("held", overflow = Overflow.Suspend(messages = 1))
            nats.flush()
            val publisher = connection(server.url)
            repeat(50_000) { publisher.publish("held", "$it".encodeToByteArray()) }
            publisher.flush()
            until { held.pendingMessages > 0 }
            val events = eventsOf(nats)
            proxy.resetConnections()
            // Nobody reads: it is the writer that finds out.
            launch { while (nats.stats().connects == 1L) nats.publish("anything").also { yield() } }
            events.next<NatsEvent.Reconnected>()
            val received = held.receivedMessages.toInt()
            // What was received before the loss is there, in order.
            held.take(received).toList().map { it.text().toInt() } shouldBe List(received) { it }
        }
    })
