package dev.midge.nats.shards

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsShards
import dev.midge.nats.NoRespondersException
import dev.midge.nats.NotConnectedException
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.ShardsFailedException
import dev.midge.nats.Subject
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.pool.bytes
import dev.midge.nats.pool.embedded
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.merge
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.io.Buffer
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class NatsShardsSpec :
    FunSpec({
        promise("each message goes to the shard of its subject and to no other") {
            val servers = List(3) { embedded() }
            val nats = shards(servers.map { it.url })
            val arrived = servers.map { server ->
                CopyOnWriteArrayList<String>().also { list ->
                    val watcher = connection(server.url)
                    watcher.subscribeInline("all.>") { list += it.subject }
                    watcher.flush()
                }
            }
            val subjects = List(300) { "all.$it" }
            subjects.forEach { nats.publish(it) }
            nats.flush()
            until { arrived.sumOf { it.size } == subjects.size }
            nats.shards.forEachIndexed { index, shard ->
                arrived[index] shouldContainExactly subjects.filter { nats.mapping.groupOf(it) == shard.name }
                nats.shards[index].pool.stats().sentMessages shouldBe arrived[index].size.toLong()
            }
            nats.stats().sentMessages shouldBe 300
            nats.shard("all.0").name shouldBe nats.mapping.groupOf("all.0")
        }

        promise("subscriptions, requests and responders without wildcards are in the shard of their subject") {
            val nats = shards(List(3) { embedded().url })
            for (shard in nats.shards) {
                val subject = nats.subjectIn(shard)
                val subscription = nats.subscribe(subject)
                nats.publish(subject, bytes("here"))
                subscription.first().text() shouldBe "here"
                val service = nats.subjectIn(shard, "service")
                nats.respond(service) { bytes("I am in ${shard.name}") }
                nats.request(service).text() shouldBe "I am in ${shard.name}"
                shard.request(service).text() shouldBe "I am in ${shard.name}"
                nats.requestMany(service).take(1).toList().single().text() shouldBe "I am in ${shard.name}"
                shouldThrow<NoRespondersException> { nats.request(nats.subjectIn(shard, "nobody")) }
                shard.pool.stats().subscriptions shouldBe 2
            }
        }

        promise("a wildcard cannot be published to") {
            val nats = shards(List(2) { embedded().url })
            val wildcard = Subject("orders.*")
            shouldThrow<InvalidSubjectException> { nats.publish(wildcard, bytes(1)) }
            shouldThrow<InvalidSubjectException> { nats.publish("orders.>") }
            shouldThrow<InvalidSubjectException> { nats.publishWritten(wildcard, bytes(1)) }
            shouldThrow<InvalidSubjectException> { nats.tryPublish(wildcard, Buffer()) }
            shouldThrow<InvalidSubjectException> { nats.request(wildcard) }
            shouldThrow<InvalidSubjectException> { nats.requestMany(wildcard).toList() }
            shouldThrow<InvalidSubjectException> { nats.shard(wildcard) }
            shouldThrow<InvalidSubjectException> {
                nats.publishBatch {
                    publish("orders.1")
                    publish(wildcard, bytes(1))
                }
            }
            nats.stats().sentMessages shouldBe 0
        }

        promise("a batch becomes one batch a shard, and none if its block fails") {
            val nats = shards(List(3) { embedded().url }, poolSize = 2)
            val all = nats.subscribe("batch.*")
            nats.publishBatch { repeat(300) { publish("batch.${it % 30}", bytes(it)) } }
            val received = all.take(300).toList()
            received.map { it.text().toInt() }.toSet() shouldBe (0 until 300).toSet()
            received.groupBy { it.subject }.values.forEach { ofSubject ->
                ofSubject.map { it.text().toInt() } shouldBe ofSubject.map { it.text().toInt() }.sorted()
            }
            shouldThrow<IllegalStateException> {
                nats.publishBatch {
                    repeat(30) { publish("batch.$it") }
                    error("the block fails")
                }
            }
            nats.stats().sentMessages shouldBe 300
            val again = nats.subscribe("batch.*")
            nats.publishAll(List(30) { OutgoingMessage(Subject("batch.$it"), bytes(it)) })
            nats.publishAll(flowOf(OutgoingMessage(Subject("batch.x"), bytes(30))))
            again.take(31).toList().map { it.text().toInt() }.toSet() shouldBe (0..30).toSet()
        }

        promise("one shard down fails its subjects only, and the calls for all say which it is") {
            val servers = List(3) { embedded() }
            val nats = shards(servers.map { it.url }) {
                reconnect {
                    wait = 5.milliseconds
                    jitter = 0.milliseconds
                    whileDisconnected = WhileDisconnected.Fail
                }
            }
            nats.connect()
            val (east, west, north) = nats.shards
            val events = CopyOnWriteArrayList<NatsEvent>()
            val ofOthers = CopyOnWriteArrayList<NatsEvent>()
            val watching = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::add) }
            val watchingOthers =
                launch(start = CoroutineStart.UNDISPATCHED) { merge(east.pool.events, north.pool.events).collect(ofOthers::add) }
            servers[1].shutdown()
            west.pool.state.first { it == ConnectionState.Reconnecting }
            for (shard in listOf(east, north)) {
                val subject = nats.subjectIn(shard)
                nats.respond(subject) { it.payload }
                nats.request(subject, bytes("works")).text() shouldBe "works"
            }
            shouldThrow<NotConnectedException> { nats.publish(nats.subjectIn(west), bytes(1)) }
            nats.tryPublish(nats.subjectIn(west), bytes(1)) shouldBe false
            val batch = shouldThrow<NotConnectedException> {
                nats.publishBatch { for (shard in nats.shards) publish(nats.subjectIn(shard, "batch"), bytes(1)) }
            }
            batch.message shouldContain "lost"
            val before = listOf(east, north).sumOf { it.pool.stats().sentMessages }
            before shouldBe 6
            val failed = shouldThrow<ShardsFailedException> { nats.flush(timeout = 2.seconds) }
            failed.failures.keys shouldBe setOf("west")
            failed.failures.getValue("west").shouldBeInstanceOf<FlushTimeoutException>()
            failed.message shouldStartWith "1 of 3 shards failed: 'west': "
            until { events.any { it is NatsEvent.Disconnected } }
            ofOthers.shouldBeEmpty()
            servers[1].restart()
            west.pool.state.first { it == ConnectionState.Connected }
            nats.publish(nats.subjectIn(west), bytes(1))
            nats.flush()
            watching.cancel()
            watchingOthers.cancel()
        }

        promise("connect connects the others, and says which shard has failed") {
            val servers = List(3) { embedded() }
            servers[2].shutdown()
            val nats = shards(servers.map { it.url })
            val failed = shouldThrow<ShardsFailedException> { nats.connect() }
            failed.failures.keys shouldBe setOf("north")
            failed.cause.shouldBeInstanceOf<ConnectFailedException>()
            nats.shards.map { it.pool.state.value } shouldContainExactly
                listOf(ConnectionState.Connected, ConnectionState.Connected, ConnectionState.Idle)
        }

        promise("drain does not hold up the others for a shard that is down, and loses nothing of theirs") {
            val servers = List(3) { embedded() }
            val nats = shards(servers.map { it.url })
            nats.connect()
            val (east, west, north) = nats.shards
            val results = nats.subjectIn(north, "results")
            val watcher = connection(servers[2].url)
            val received = watcher.subscribe(results)
            watcher.flush()
            val work = nats.subjectIn(east, "work")
            nats.subscribe(work) { message ->
                repeat(3) { watcher.flush() }
                nats.publish(results, message.payload)
            }
            servers[1].shutdown()
            west.pool.state.first { it == ConnectionState.Reconnecting }
            repeat(100) { nats.publish(work, bytes(it)) }
            east.flush()
            val draining = launch(start = CoroutineStart.UNDISPATCHED) {
                val failed = shouldThrow<ShardsFailedException> { nats.drain(timeout = 2.seconds) }
                failed.failures.keys shouldBe setOf("west")
                failed.failures.getValue("west").shouldBeInstanceOf<DrainTimeoutException>()
            }
            // Before the time of the third is over.
            listOf(east, north).forEach { shard -> shard.pool.state.first { it == ConnectionState.Closed } }
            // Closed is the state from the beginning of the closing on, which writes out and confirms what was published.
            until { received.receivedMessages == 100L }
            draining.isActive shouldBe true
            draining.join()
            west.pool.state.value shouldBe ConnectionState.Closed
            shouldThrow<ConnectionClosedException> { nats.publish(results, bytes(1)) }
        }

        promise("servers may be given as a list of URLs") {
            val servers = List(2) { embedded() }
            val nats = NatsShards(servers.map { it.url }, poolSize = 2) { name = "listed" }
            nats.shards.map { it.name } shouldContainExactly servers.map { it.url }
            nats.connect()
            servers.forEach { it.connections shouldBe 2 }
            nats.shards[0].pool.options.name shouldBe "listed"
            nats.close()
            nats.toString() shouldContain "Closed"
        }
    })
