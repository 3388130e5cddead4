package dev.midge.nats.pool

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionState
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.Overflow
import dev.midge.nats.PoolSelection
import dev.midge.nats.Subject
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.promises.PromiseScope
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import dev.midge.nats.testing.ScriptedNatsServer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration

private fun NatsConnectionPool.subscriptions(): List<Int> = connections.map { it.stats().subscriptions }

/** A pool whose first connection, where the first subscription goes, is slow to reach the server. */
private suspend fun PromiseScope.poolWithSlowFirst(): NatsConnectionPool {
    val server = embedded()
    val proxy = proxy(server.port)
    val nats = pool(proxy.url, server.url)
    nats.connect()
    proxy.delay(50.milliseconds.toJavaDuration())
    return nats
}

@OptIn(InternalNatsApi::class)
class PoolSubscribeSpec :
    FunSpec({
        promise("subscriptions are spread, also when they are made at the same time") {
            val url = embedded().url
            val nats = pool(url, url, url, url)
            nats.connect()
            coroutineScope { List(100) { async { nats.subscribe("spread.$it") } }.awaitAll() }
            nats.subscriptions() shouldContainExactly List(4) { 25 }
        }

        promise("a thread that waits for a reply needs no coroutine, as with one connection") {
            val url = embedded().url
            val nats = pool(url, url)
            nats.requestOnThread(Subject("echo"), bytes(1), Headers.Empty, null) shouldBe null
            nats.connect()
            nats.respond("echo") { it.payload }
            // The first request of a connection subscribes to its inbox, too.
            nats.request("echo")
            nats.requestOnThread(Subject("echo"), bytes(1), Headers.Empty, null)?.payload shouldBe bytes(1)
        }

        promise("what is published after subscribe has returned is delivered, by whichever connection it is published") {
            val nats = poolWithSlowFirst()
            val subscription = nats.subscribe("confirmed")
            nats.connections[1].publish("confirmed", bytes("here"))
            nats.flush()
            subscription.receivedMessages shouldBe 1
            subscription.first().text() shouldBe "here"
        }

        promise("so it is with handlers, inline handlers and responders") {
            val nats = poolWithSlowFirst()
            val other = nats.connections[1]
            val handled = CompletableDeferred<String>()
            nats.subscribe("handled") { handled.complete(it.text()) }
            other.publish("handled", bytes("here"))
            handled.await() shouldBe "here"
            nats.subscribe("turn")
            val inline = List(2) { nats.subscribeInline("inline") {} }
            other.publish("inline")
            val responders = List(2) { nats.respond("responder.$it") { message -> message.payload } }
            repeat(2) { other.request("responder.$it", bytes(it)).text() shouldBe "$it" }
            nats.flush()
            inline.forEach { it.receivedMessages shouldBe 1 }
            responders.forEach { it.receivedMessages shouldBe 1 }
        }

        promise("a subscription that holds the reader is confirmed by its first messages, if no PONG can come") {
            val server = closing(ScriptedNatsServer.start())
            server.accept {
                handshake()
                val sid = expectLine("SUB flood").substringAfterLast(' ')
                repeat(4) { send("MSG flood $sid 1\r\n$it\r\n") }
                expectLine("PING")
                send("PONG\r\n")
                // Only when the messages have been collected.
                expectLine("UNSUB $sid")
                close()
            }
            val nats = pool(server.url, server.url) { timeouts { close = 50.milliseconds } }
            val subscription = nats.subscribe("flood", overflow = Overflow.Suspend(messages = 1))
            subscription.take(4).map { it.text() }.toList() shouldContainExactly listOf("0", "1", "2", "3")
            nats.connections[0].state.first { it != ConnectionState.Connected }
            nats.close()
            server.verify()
        }

        promise("a subscription that the server does not confirm in time is ended") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(proxy.url, server.url) { timeouts { flush = 100.milliseconds } }
            nats.connect()
            proxy.pause()
            shouldThrow<FlushTimeoutException> { nats.subscribe("unconfirmed") }
            nats.subscriptions() shouldContainExactly listOf(0, 0)
            proxy.resume()
            nats.flush()
            server.subscriptions shouldBe 0
        }

        promise("a subscribe that is cancelled while it is confirmed leaves nothing behind") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(proxy.url, server.url)
            nats.connect()
            proxy.pause()
            val subscribing = launch(start = CoroutineStart.UNDISPATCHED) { nats.subscribe("cancelled") }
            nats.subscriptions() shouldContainExactly listOf(1, 0)
            subscribing.cancel()
            subscribing.join()
            nats.subscriptions() shouldContainExactly listOf(0, 0)
            proxy.resume()
            nats.flush()
            server.subscriptions shouldBe 0
        }

        promise("while every connection is lost, subscribe returns at once, and the next server is told") {
            val server = embedded()
            val nats = pool(server.url, server.url)
            nats.connect()
            val events = nats.connections.map { eventsOf(it) }
            server.shutdown()
            events.forEach { it.next<NatsEvent.Disconnected>() }
            val subscription = nats.subscribe("later")
            server.restart()
            events.forEach { it.next<NatsEvent.Reconnected>() }
            nats.publish("later", bytes("here"))
            subscription.first().text() shouldBe "here"
        }

        promise("a connection that is lost while it confirms does not fail the subscription") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(proxy.url, server.url)
            nats.connect()
            val events = eventsOf(nats.connections[0])
            proxy.pause()
            val subscribing = async(start = CoroutineStart.UNDISPATCHED) { nats.subscribe("kept") }
            until { nats.subscriptions().first() == 1 }
            proxy.closeConnections()
            val subscription = subscribing.await()
            events.next<NatsEvent.Disconnected>()
            proxy.heal()
            nats.connections[0].connect()
            nats.publish("kept", bytes("here"))
            subscription.first().text() shouldBe "here"
        }

        promise("messages() subscribes for each collector and leaves with it; requestMany and request come back by one connection") {
            val url = embedded().url
            val nats = pool(url, url, selection = PoolSelection.RoundRobin)
            val first = async(start = CoroutineStart.UNDISPATCHED) { nats.messages("cold").first().text() }
            until { nats.subscriptions().sum() == 1 }
            nats.publish("cold", bytes("here"))
            first.await() shouldBe "here"
            nats.subscriptions().sum() shouldBe 0
            nats.respond("svc") { it.payload }
            nats.respond("svc") { it.payload }
            nats.requestMany("svc", bytes("x")).take(2).toList().map { it.text() } shouldContainExactly listOf("x", "x")
            repeat(100) { nats.request("svc", bytes(it), timeout = 5.seconds).text().toInt() shouldBe it }
        }

        promise("subscribing is refused once the pool is ending, also by a connection that was never used") {
            val url = embedded().url
            val nats = pool(url, url)
            val gate = CompletableDeferred<Unit>()
            nats.subscribe("held") { gate.await() }
            nats.connections[0].publish("held")
            nats.connections[0].flush()
            val draining = launch(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
            until { nats.state.value == ConnectionState.Draining }
            nats.connections[1].state.value shouldBe ConnectionState.Idle
            repeat(2) { shouldThrow<ConnectionDrainingException> { nats.subscribe("late") } }
            gate.complete(Unit)
            draining.join()
            shouldThrow<ConnectionClosedException> { nats.subscribe("late") }
        }
    })
