package dev.midge.nats.promises

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subscription
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.milliseconds

private val atOnce = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

/** Subscriptions of every kind, with and without a queue group. */
private suspend fun subscribeAll(nats: NatsConnection, count: Int): List<Subscription> = List(count) { number ->
    val group = if (number % 3 == 0) "group.${number % 7}" else null
    when (number % 4) {
        0 -> nats.subscribe("back.$number", group)
        1 -> nats.subscribeInline("back.$number.*", group) { }
        2 -> nats.subscribe("back.$number.>", group) { }
        else -> nats.subscribe("back.*.$number", group)
    }
}

private fun asKnown(subscriptions: List<Subscription>): Set<ServerSubscription> =
    subscriptions.mapTo(HashSet()) { ServerSubscription(it.sid, it.subject.value, it.queueGroup, 0) }

/** A client whose connection goes by a proxy: it is lost, and comes back, when a test says so. */
private class ProxiedClient(scope: PromiseScope, name: String, val server: NatsServerProcess = scope.server()) {
    private val proxy = scope.proxy(server.port)
    val nats = scope.connection(proxy.url) {
        this.name = name
        reconnect = atOnce
    }
    private val events = scope.eventsOf(nats)

    suspend fun lose() {
        proxy.refuseConnections()
        proxy.closeConnections()
        events.next<NatsEvent.Disconnected>()
    }

    suspend fun comeBack() {
        proxy.heal()
        events.next<NatsEvent.Reconnected>()
    }
}

class ReconnectResubscribesIT :
    FunSpec({
        for (version in serverVersions) {
            promise("1,000 subscriptions are the server's before the user sees Reconnected, on nats-server $version") {
                val server = server(version)
                val proxy = proxy(server.port)
                val nats = connection(proxy.url) {
                    name = "thousand"
                    reconnect = atOnce
                }
                val events = eventsOf(nats)
                val subscriptions = subscribeAll(nats, 1_000)
                nats.flush()
                // What is on its way is not the server's yet: who tells too early is seen to.
                proxy.delay(java.time.Duration.ofMillis(100))
                repeat(rounds(2, 10)) {
                    server.kill()
                    events.next<NatsEvent.Disconnected>()
                    server.restart()
                    events.next<NatsEvent.Reconnected>()
                    server.subscriptionsOf("thousand") shouldBe asKnown(subscriptions)
                }
                nats.stats().subscriptions shouldBe 1_000
            }

            promise("auto-unsubscribe goes on with what remains, on nats-server $version") {
                val client = ProxiedClient(this, "counting", server(version))
                val nats = client.nats
                val publisher = connection(client.server.url)
                val ten = nats.subscribe("ten")
                ten.unsubscribe(afterMessages = 10)
                val untouched = nats.subscribe("untouched")
                untouched.unsubscribe(afterMessages = 5)
                val lowered = nats.subscribe("lowered")
                nats.flush()
                repeat(4) { publisher.publish("ten", "$it".encodeToByteArray()) }
                repeat(2) { publisher.publish("lowered", "$it".encodeToByteArray()) }
                publisher.flush()
                nats.flush()
                client.lose()
                nats.state.value shouldBe ConnectionState.Reconnecting
                // Set while no server can be told.
                lowered.unsubscribe(afterMessages = 5)
                client.comeBack()
                client.server.subscriptionsOf("counting") shouldBe setOf(
                    ServerSubscription(ten.sid, "ten", null, 6),
                    ServerSubscription(untouched.sid, "untouched", null, 5),
                    ServerSubscription(lowered.sid, "lowered", null, 3),
                )
                for (number in 4 until 20) publisher.publish("ten", "$number".encodeToByteArray())
                for (number in 2 until 20) publisher.publish("lowered", "$number".encodeToByteArray())
                repeat(20) { publisher.publish("untouched", "$it".encodeToByteArray()) }
                ten.toList().map { it.text().toInt() } shouldContainExactly List(10) { it }
                lowered.toList().map { it.text().toInt() } shouldContainExactly List(5) { it }
                untouched.toList().map { it.text().toInt() } shouldContainExactly List(5) { it }
                nats.flush()
                client.server.subscriptionsOf("counting") shouldBe emptySet()
                nats.stats().subscriptions shouldBe 0
            }
        }

        promise("a limit that has been reached already ends the subscription at once, also without a connection") {
            val client = ProxiedClient(this, "reached")
            val nats = client.nats
            val connected = nats.subscribe("reached")
            val lost = nats.subscribe("reached")
            repeat(5) { nats.publish("reached") }
            nats.flush()
            connected.unsubscribe(afterMessages = 3)
            connected.toList().size shouldBe 5
            client.lose()
            lost.unsubscribe(afterMessages = 5)
            lost.toList().size shouldBe 5
            client.comeBack()
            client.server.subscriptionsOf("reached") shouldBe emptySet()
        }

        promise("who subscribes, leaves or is drained while there is no connection is known to the next server") {
            val client = ProxiedClient(this, "meanwhile")
            val nats = client.nats
            val stays = nats.subscribe("stays")
            val leaves = nats.subscribe("leaves")
            val drained = nats.subscribe("drained")
            nats.flush()
            client.lose()
            val comes = nats.subscribe("comes", "group")
            leaves.unsubscribe()
            val draining = async(start = CoroutineStart.UNDISPATCHED) { drained.drain() }
            val collected = async { drained.toList() }
            client.comeBack()
            draining.await()
            collected.await() shouldBe emptyList()
            nats.flush()
            client.server.subscriptionsOf("meanwhile") shouldBe asKnown(listOf(stays, comes))
        }

        promise("requests and responders work on after a reconnect") {
            val server = server()
            val responder = connection(server.url) { reconnect = atOnce }
            responder.respond("echo", "workers") { it.payload }
            responder.flush()
            val nats = connection(server.url) { reconnect = atOnce }
            nats.request("echo", "1".encodeToByteArray()).text() shouldBe "1"
            val events = listOf(eventsOf(nats), eventsOf(responder))
            repeat(3) { round ->
                server.kill()
                events.forEach { it.next<NatsEvent.Disconnected>() }
                server.restart()
                events.forEach { it.next<NatsEvent.Reconnected>() }
                nats.request("echo", "$round".encodeToByteArray()).text() shouldBe "$round"
            }
        }
    })
