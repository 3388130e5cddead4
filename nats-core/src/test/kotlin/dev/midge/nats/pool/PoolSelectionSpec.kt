package dev.midge.nats.pool

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.PoolSelection
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.internal.pool.hasEnded
import dev.midge.nats.promises.NumberedReceiver
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import dev.midge.nats.scripted.ScriptedNetwork
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.comparables.shouldBeBetween
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch

private fun NatsConnectionPool.sent(): List<Long> = connections.map { it.stats().sentMessages }

class PoolSelectionSpec :
    FunSpec({
        promise("round robin takes the connections in turn") {
            val url = embedded().url
            val nats = pool(url, url, url, selection = PoolSelection.RoundRobin)
            nats.connect()
            repeat(300) { nats.publish("any", bytes(it)) }
            nats.sent() shouldContainExactly listOf(100L, 100L, 100L)
        }

        promise("by subject, each subject has one connection, requests included, and many subjects have all") {
            val url = embedded().url
            val nats = pool(url, url)
            connection(url).also { it.respond("one") { message -> message.payload } }.flush()
            repeat(20) { nats.publish("one") }
            repeat(20) { nats.request("one", bytes(it)).text() shouldBe "$it" }
            nats.sent().sorted() shouldContainExactly listOf(0L, 40L)
            repeat(200) { nats.publish("many.$it") }
            // 100 each, with a deviation of 7.
            nats.sent().sorted().zip(listOf(0L, 40L)) { after, before -> after - before }.forEach { it.shouldBeBetween(50, 150) }
        }

        promise("by subject, the messages of a coroutine to a subject arrive in order") {
            val url = embedded().url
            val nats = pool(url, url, url)
            val perSubject = (0 until SUBJECTS).associate { "ordered.$it" to NumberedReceiver(PUBLISHERS) }
            val subscriber = connection(url)
            subscriber.subscribeInline("ordered.*") { perSubject.getValue(it.subject).onMessage(it) }
            subscriber.flush()
            coroutineScope {
                repeat(PUBLISHERS) { publisher ->
                    launch { repeat(NUMBERS) { number -> repeat(SUBJECTS) { nats.publish("ordered.$it", bytes("$publisher $number x")) } } }
                }
            }
            nats.flush()
            subscriber.flush()
            perSubject.values.forEach {
                it.inversions shouldBe 0
                it.next() shouldContainExactly List(PUBLISHERS) { NUMBERS }
            }
        }

        promise("least pending takes the connection with the fewest bytes to write") {
            val network = ScriptedNetwork()
            val slow = network.connection()
            val fast = connection(embedded().url)
            val nats = NatsConnectionPool(fast.options, listOf(slow, fast), PoolSelection.LeastPending)
            val accepting = async { network.accept().also { it.letIn() } }
            nats.connect()
            val server = accepting.await()
            // Nobody reads it: the first fills the way, the second waits.
            repeat(2) { slow.publish("filler", ByteArray(900_000)) }
            repeat(100) {
                nats.publish("any", bytes(it))
                fast.flush()
            }
            fast.stats().sentMessages shouldBe 100
            launch { while (server.line() != null) Unit }
            slow.close()
        }

        for (selection in listOf(PoolSelection.RoundRobin, PoolSelection.LeastPending)) {
            promise("$selection leaves out a connection that is lost, for messages, requests and subscriptions") {
                val server = embedded()
                val proxy = proxy(server.port)
                val nats = pool(server.url, proxy.url, selection = selection)
                nats.connect()
                val events = eventsOf(nats.connections[1])
                proxy.refuseConnections()
                proxy.closeConnections()
                events.next<NatsEvent.Disconnected>()
                repeat(2) { nats.respond("echo", queueGroup = "workers") { it.payload } }
                repeat(10) { nats.request("echo", bytes(it)) }
                repeat(10) { nats.publish("any") }
                nats.connections.map { it.stats().subscriptions } shouldContainExactly listOf(3, 0)
                nats.connections[1].stats().sentMessages shouldBe 0
                proxy.heal()
                events.next<NatsEvent.Reconnected>()
                repeat(10) { nats.publish("any") }
                nats.flush()
                (nats.connections[1].stats().sentMessages > 0) shouldBe true
            }
        }

        promise("by subject, the messages of a connection that is lost wait for it, in order, and the others go on") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(server.url, proxy.url)
            nats.connect()
            val lost = subjectOf(1, 2)
            val works = subjectOf(0, 2)
            val subscriber = connection(server.url)
            val ofLost = subscriber.subscribe(lost)
            val ofWorks = subscriber.subscribe(works)
            subscriber.flush()
            val events = eventsOf(nats.connections[1])
            proxy.refuseConnections()
            proxy.closeConnections()
            events.next<NatsEvent.Disconnected>()
            nats.state.value shouldBe ConnectionState.Reconnecting
            repeat(100) {
                nats.publish(lost, bytes(it))
                nats.publish(works, bytes(it))
            }
            ofWorks.take(100).map { it.text().toInt() }.toList() shouldBe List(100) { it }
            ofLost.receivedMessages shouldBe 0
            proxy.heal()
            ofLost.take(100).map { it.text().toInt() }.toList() shouldBe List(100) { it }
        }

        promise("when a connection has ended for good, the others take over everything") {
            val server = embedded()
            val proxy = proxy(server.port)
            val nats = pool(server.url, proxy.url) { reconnect { maxReconnects = 0 } }
            nats.connect()
            proxy.closeConnections()
            until { nats.connections[1].hasEnded }
            val subject = subjectOf(1, 2)
            // One after the other on each connection that is left.
            val subscriptions = List(2) { nats.subscribe(subject) }
            nats.publish(subject, bytes("here"))
            nats.publishBatch { publish(subject, bytes("and here")) }
            subscriptions.forEach { it.take(2).map { message -> message.text() }.toList() shouldContainExactly listOf("here", "and here") }
            nats.state.value shouldBe ConnectionState.Connected
            nats.flush()
            nats.drain()
            nats.state.value shouldBe ConnectionState.Closed
            shouldThrow<ConnectionClosedException> { nats.publish(subject, bytes("late")) }
        }

        promise("tryPublish takes any connection that is open, unless the order of the subject forbids it") {
            val url = embedded().url
            val unordered = pool(url, url, selection = PoolSelection.RoundRobin)
            unordered.tryPublish("any") shouldBe false
            unordered.connections[1].connect()
            List(4) { unordered.tryPublish("any") } shouldNotContain false
            val ordered = pool(url, url)
            ordered.connections[1].connect()
            ordered.tryPublish(subjectOf(1, 2), bytes(1)) shouldBe true
            ordered.tryPublish(subjectOf(0, 2), bytes(1)) shouldBe false
        }

        promise("a batch goes whole by one connection, or by that of each subject") {
            val url = embedded().url
            val subscriber = connection(url)
            val received = subscriber.subscribe("batch.>")
            subscriber.flush()
            val unordered = pool(url, url, selection = PoolSelection.RoundRobin)
            unordered.connect()
            unordered.publishBatch { repeat(100) { publish("batch.$it", bytes(it)) } }
            unordered.sent() shouldContainExactly listOf(100L, 0L)
            received.take(100).toList().map { it.text().toInt() } shouldContainExactly List(100) { it }

            val again = subscriber.subscribe("batch.>")
            subscriber.flush()
            val ordered = pool(url, url)
            ordered.connect()
            ordered.publishBatch { repeat(100) { publish("batch.${it % 10}", bytes(it)) } }
            ordered.sent().sum() shouldBe 100
            again.take(100).toList().groupBy { it.subject }.values.forEach { ofSubject ->
                ofSubject.map { it.text().toInt() } shouldBe ofSubject.map { it.text().toInt() }.sorted()
            }
            shouldThrow<IllegalStateException> {
                ordered.publishBatch {
                    publish("batch.1")
                    error("the block fails")
                }
            }
            ordered.sent().sum() shouldBe 100
        }
    })

private const val PUBLISHERS = 4
private const val SUBJECTS = 20
private const val NUMBERS = 500
