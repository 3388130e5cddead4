package dev.midge.nats.pool

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.PoolSelection
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.toJavaDuration

class PoolLifeSpec :
    FunSpec({
        promise("a pool has half as many connections as there are cores, or those asked for, and opens none before it is used") {
            val server = embedded()
            val nats = NatsConnectionPool(server.url)
            nats.connections shouldHaveSize (Runtime.getRuntime().availableProcessors() / 2).coerceAtLeast(1)
            shouldThrow<IllegalArgumentException> { NatsConnectionPool(server.url, size = 0) }
            NatsConnectionPool(server.url, size = 3) { name = "pool" }.use {
                it.state.value shouldBe ConnectionState.Idle
                server.connections shouldBe 0
                it.connect()
                server.connections shouldBe 3
                it.options.name shouldBe "pool"
                it.state.value shouldBe ConnectionState.Connected
            }
            until { server.connections == 0 }
            NatsConnectionPool("nats://joe:secret@127.0.0.1", size = 1).toString() shouldNotContain "secret"
        }

        promise("awaitClosed returns when the last connection has ended") {
            val server = embedded()
            val nats = pool(server.url, server.url)
            nats.connect()
            coroutineScope {
                val ended = async(start = CoroutineStart.UNDISPATCHED) { nats.awaitClosed() }
                nats.connections[0].close()
                nats.flush()
                ended.isCompleted shouldBe false
                nats.close()
                ended.await()
            }
        }

        promise("an operation connects the connection that it falls to") {
            val server = embedded()
            val nats = pool(server.url, server.url)
            nats.publish(subjectOf(1, 2), bytes(1))
            nats.connections.map { it.state.value } shouldBe listOf(ConnectionState.Idle, ConnectionState.Connected)
            nats.state.value shouldBe ConnectionState.Connected
            nats.flush()
            server.connections shouldBe 2
        }

        promise("connect tells what failed, has connected the others, and can be called again") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(proxy.url, server.url)
            proxy.refuseConnections()
            shouldThrow<ConnectFailedException> { nats.connect() }
            nats.connections.map { it.state.value } shouldBe listOf(ConnectionState.Idle, ConnectionState.Connected)
            proxy.heal()
            nats.connect()
            nats.connections.map { it.state.value } shouldBe List(2) { ConnectionState.Connected }
        }

        promise("ping is as slow as the slowest") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(server.url, proxy.url)
            nats.connect()
            proxy.delay(30.milliseconds.toJavaDuration())
            nats.ping() shouldBeGreaterThanOrEqualTo 60.milliseconds
        }

        promise("state, events and counters are those of all") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(server.url, proxy.url)
            val states = CopyOnWriteArrayList<ConnectionState>()
            val events = CopyOnWriteArrayList<NatsEvent>()
            val ofSecond = CopyOnWriteArrayList<NatsEvent>()
            val watching = listOf(
                launch(start = CoroutineStart.UNDISPATCHED) { nats.state.collect(states::add) },
                launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::add) },
                launch(start = CoroutineStart.UNDISPATCHED) { nats.connections[1].events.collect(ofSecond::add) },
            )
            nats.connect()
            until { events.count { it is NatsEvent.Connected } == 2 && states.last() == ConnectionState.Connected }
            proxy.refuseConnections()
            proxy.closeConnections()
            until { states.last() == ConnectionState.Reconnecting }
            proxy.heal()
            until { states.last() == ConnectionState.Connected }
            events.filterIsInstance<NatsEvent.Disconnected>() shouldBe ofSecond.filterIsInstance<NatsEvent.Disconnected>()
            repeat(10) { nats.publish("any.$it") }
            nats.flush()
            until { nats.stats().pendingBytes == 0L }
            val stats = nats.stats()
            stats.sentMessages shouldBe 10
            stats.connects shouldBe 3
            stats shouldBe nats.connections[0].stats() + nats.connections[1].stats()
            nats.close()
            until { states.last() == ConnectionState.Closed && events.count { it is NatsEvent.Closed } == 2 }
            states shouldContainAll
                listOf(ConnectionState.Idle, ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Closed)
            watching.forEach { it.cancel() }
        }

        for (selection in PoolSelection.entries) {
            promise("drain keeps all connections open until all handlers are done, $selection") {
                val url = embedded().url
                val nats = pool(url, url, selection = selection)
                nats.connect()
                val watcher = connection(url)
                val results = watcher.subscribe("results.*")
                watcher.flush()
                // On the first connection; the results of half of the messages go by the second.
                nats.subscribe("work") { message ->
                    repeat(3) { watcher.flush() }
                    nats.publish("results.${message.text()}")
                }
                repeat(200) { nats.publish("work", bytes(it)) }
                nats.flush()
                nats.drain()
                watcher.flush()
                results.unsubscribe()
                results.toList().map { it.subject.substringAfter('.').toInt() }.toSet() shouldBe (0 until 200).toSet()
                nats.connections.map { it.state.value } shouldBe List(2) { ConnectionState.Closed }
            }

            promise("close while publishing: what was accepted arrives, everything else is refused as closed, $selection") {
                val url = embedded().url
                val nats = pool(url, url, url, selection = selection)
                nats.connect()
                val received = AtomicInteger()
                val watcher = connection(url)
                watcher.subscribeInline("closing.*") { received.incrementAndGet() }
                watcher.flush()
                val accepted = AtomicInteger()
                coroutineScope {
                    repeat(4) { publisher ->
                        launch(Dispatchers.Default) {
                            shouldThrow<ConnectionClosedException> {
                                while (true) {
                                    nats.publish("closing.$publisher")
                                    accepted.incrementAndGet()
                                }
                            }
                        }
                    }
                    until { accepted.get() > 10_000 }
                    nats.close()
                }
                // Handed to the system: a server that is behind has yet to read megabytes of it.
                until { received.get() == accepted.get() }
                accepted.get() shouldBeGreaterThan 10_000
                shouldThrow<ConnectionClosedException> { nats.flush() }
                shouldThrow<ConnectionClosedException> { nats.subscribe("any") }
                nats.close()
            }
        }
    })
