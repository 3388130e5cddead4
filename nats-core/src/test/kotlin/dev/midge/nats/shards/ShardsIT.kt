package dev.midge.nats.shards

import dev.midge.nats.ConnectionState
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsShards
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ShardsFailedException
import dev.midge.nats.Subject
import dev.midge.nats.pool.bytes
import dev.midge.nats.promises.monitor
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.serverVersions
import dev.midge.nats.promises.until
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.merge
import kotlinx.coroutines.launch
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** How many messages clients have sent to the server, by its own count. */
private suspend fun NatsServerProcess.received(): Long = monitor("/varz").getValue("in_msgs").jsonPrimitive.long

private fun NatsShards.subjects(number: Int): List<Subject> = shards.map { subjectIn(it, "shared", number) }

/** Three real servers that know nothing of each other. */
class ShardsIT :
    FunSpec({
        for (version in serverVersions) {
            promise("messages arrive at the server of their subject, by its own count, nats-server $version") {
                val servers = List(3) { server(version) }
                val nats = shards(servers.map { it.url })
                // The fixed vectors of ShardMappingSpec: two in north, four in west, one in east.
                listOf("a", "foo", "orders.created", "größe.日本", "_INBOX.x.1", "people.joe", "orders.eu.created").forEach {
                    nats.publish(it)
                }
                nats.flush()
                servers.map { it.received() } shouldContainExactly listOf(1L, 4L, 2L)
            }

            promise("a wildcard fans in, handlers and responders work in every shard, nats-server $version") {
                val nats = shards(List(3) { server(version).url }, poolSize = 2)
                val received = ConcurrentHashMap<String, CopyOnWriteArrayList<Int>>()
                nats.subscribe("shared.>") { received.getOrPut(it.subject) { CopyOnWriteArrayList() } += it.text().toInt() }
                val limited = nats.subscribe("shared.>")
                limited.unsubscribe(afterMessages = 1_000)
                nats.respond("service.*", queueGroup = "workers") { bytes("${it.subject}: ${it.text()}") }
                coroutineScope {
                    repeat(4) { number ->
                        for (subject in nats.subjects(number)) {
                            launch(Dispatchers.Default) { repeat(1_000) { nats.publish(subject, bytes(it)) } }
                        }
                    }
                }
                repeat(30) { nats.request("service.$it", bytes(it)).text() shouldBe "service.$it: $it" }
                var counted = 0
                limited.collect { counted++ }
                counted shouldBe 1_000
                nats.drain()
                received.keys.size shouldBe 12
                received.values.forEach { it shouldContainExactly List(1_000) { number -> number } }
            }

            promise("a shard that is killed and restarted concerns nobody else, nats-server $version") {
                val servers = List(3) { server(version) }
                val nats = shards(servers.map { it.url })
                nats.connect()
                val (east, west, north) = nats.shards
                val events = CopyOnWriteArrayList<NatsEvent>()
                val ofOthers = CopyOnWriteArrayList<NatsEvent>()
                val watching = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::add) }
                val watchingOthers =
                    launch(start = CoroutineStart.UNDISPATCHED) { merge(east.pool.events, north.pool.events).collect(ofOthers::add) }
                val received = ConcurrentHashMap.newKeySet<String>()
                nats.subscribe("shared.>") { received += "${it.subject} ${it.text()}" }
                nats.respond("service.>") { it.payload }
                nats.flush()

                servers[1].kill()
                west.pool.state.first { it == ConnectionState.Reconnecting }
                for (shard in listOf(east, north)) {
                    repeat(100) { nats.publish(nats.subjectIn(shard, "shared"), bytes(it)) }
                    nats.request(nats.subjectIn(shard, "service"), bytes("works")).text() shouldBe "works"
                    shard.flush()
                }
                until { received.size == 200 }
                shouldThrow<RequestTimeoutException> { nats.request(nats.subjectIn(west, "service"), timeout = 50.milliseconds) }
                val failed = shouldThrow<ShardsFailedException> { nats.flush(timeout = 2.seconds) }
                failed.failures.keys shouldBe setOf("west")
                failed.failures.getValue("west").shouldBeInstanceOf<FlushTimeoutException>()
                // Kept, and sent to the server when it is back.
                repeat(100) { nats.publish(nats.subjectIn(west, "shared"), bytes(it)) }
                ofOthers.shouldBeEmpty()

                servers[1].restart()
                west.pool.state.first { it == ConnectionState.Connected }
                until { received.size == 300 }
                nats.request(nats.subjectIn(west, "service"), bytes("works again")).text() shouldBe "works again"
                nats.flush()
                until { events.any { it is NatsEvent.Reconnected } }
                watching.cancel()
                watchingOthers.cancel()
            }
        }
    })
