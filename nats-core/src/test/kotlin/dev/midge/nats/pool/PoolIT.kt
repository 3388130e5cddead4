package dev.midge.nats.pool

import dev.midge.nats.NatsEvent
import dev.midge.nats.PoolSelection
import dev.midge.nats.promises.NumberedReceiver
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.serverVersions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

private const val PUBLISHERS = 4
private const val SUBJECTS = 8

/** A pool against the real server. */
class PoolIT :
    FunSpec({
        for (version in serverVersions) {
            promise("what is published after subscribe has returned is delivered, 2,000 times, nats-server $version") {
                val url = server(version).url
                val nats = pool(url, url, selection = PoolSelection.RoundRobin)
                nats.connect()
                coroutineScope {
                    repeat(4) { worker ->
                        launch(Dispatchers.Default) {
                            repeat(500) {
                                val subscription = nats.subscribe("at.once.$worker.$it")
                                nats.publish("at.once.$worker.$it", bytes(it))
                                subscription.first().text() shouldBe "$it"
                            }
                        }
                    }
                }
            }

            promise("by subject, no message of a coroutine overtakes another of its subject, across moves, nats-server $version") {
                val url = server(version).url
                val nats = pool(url, url, url)
                nats.connect()
                val perSubject = (0 until SUBJECTS).associate { "ordered.$it" to NumberedReceiver(PUBLISHERS) }
                val watcher = connection(url)
                watcher.subscribeInline("ordered.*") { perSubject.getValue(it.subject).onMessage(it) }
                watcher.flush()
                coroutineScope {
                    repeat(PUBLISHERS) { publisher ->
                        launch(Dispatchers.Default) {
                            repeat(5_000) { number ->
                                val payload = bytes("$publisher $number x")
                                if (number % 100 == 0) {
                                    nats.publishBatch { repeat(SUBJECTS) { publish("ordered.$it", payload) } }
                                } else {
                                    repeat(SUBJECTS) { nats.publish("ordered.$it", payload) }
                                }
                            }
                        }
                    }
                    // Each move goes on with a new socket to the same server.
                    launch { repeat(3) { nats.connections.forEach { it.reconnect() } } }
                }
                nats.flush()
                watcher.flush()
                perSubject.values.forEach {
                    it.inversions shouldBe 0
                    it.next() shouldContainExactly List(PUBLISHERS) { 5_000 }
                }
            }

            promise("a pool whose server is killed and restarted has all its subscriptions again, nats-server $version") {
                val server = server(version)
                val nats = pool(server.url, server.url)
                val subscriptions = List(10) { nats.subscribe("back.$it") }
                val events = nats.connections.map { eventsOf(it) }
                nats.respond("echo") { it.payload }
                server.kill()
                events.forEach { it.next<NatsEvent.Disconnected>() }
                server.restart()
                events.forEach { it.next<NatsEvent.Reconnected>() }
                repeat(10) { nats.publish("back.$it", bytes(it)) }
                subscriptions.forEachIndexed { number, subscription -> subscription.first().text() shouldBe "$number" }
                nats.request("echo", bytes("works")).text() shouldBe "works"
            }
        }
    })
