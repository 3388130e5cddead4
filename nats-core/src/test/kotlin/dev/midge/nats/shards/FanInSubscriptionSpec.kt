package dev.midge.nats.shards

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.InvalidQueueGroupException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsShards
import dev.midge.nats.Overflow
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.SlowConsumerException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.pool.bytes
import dev.midge.nats.pool.embedded
import dev.midge.nats.promises.PromiseScope
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds

private fun PromiseScope.three(poolSize: Int = 1): NatsShards = shards(List(3) { embedded().url }, poolSize)

/** One subject of each shard below `fan`. */
private fun NatsShards.subjects(): List<Subject> = shards.map { subjectIn(it, "fan") }

/** Publishes [count] messages to a subject of each shard, from a coroutine for each, and flushes. */
private suspend fun NatsShards.publishEverywhere(count: Int) = coroutineScope {
    subjects().forEach { subject -> launch(Dispatchers.Default) { repeat(count) { publish(subject, bytes(it)) } } }
}.also { flush() }

private suspend fun NatsShards.awaitNoSubscriptions() = until { stats().subscriptions == 0 }

class FanInSubscriptionSpec :
    FunSpec({
        for (poolSize in listOf(1, 2)) {
            promise("a wildcard gets the messages of every shard, those of each in order, pools of $poolSize") {
                val nats = three(poolSize)
                val subscription = nats.subscribe("fan.*")
                subscription.subject shouldBe Subject("fan.*")
                subscription.queueGroup shouldBe null
                nats.publishEverywhere(1_000)
                val received = subscription.take(3_000).toList()
                received.groupBy { it.subject }.mapKeys { Subject(it.key) }.let { bySubject ->
                    for (subject in nats.subjects()) bySubject.getValue(subject).map { it.text().toInt() } shouldBe List(1_000) { it }
                }
                subscription.receivedMessages shouldBe 3_000
                nats.awaitNoSubscriptions()
            }
        }

        promise("its counts are over all shards") {
            val nats = three()
            val subscription = nats.subscribe("fan.>", overflow = Overflow.DropNewest(messages = 10))
            nats.publishEverywhere(100)
            subscription.receivedMessages shouldBe 300
            subscription.pendingMessages shouldBe 10
            subscription.pendingBytes shouldBe subscription.take(10).toList().sumOf { it.payload.size.toLong() }
            subscription.droppedMessages shouldBe 290
            nats.stats().droppedMessages shouldBe 290
        }

        promise("a slow consumer is told by the first shard, with the id of the subscription") {
            val nats = three()
            nats.connect()
            val events = eventsOf(nats.shards[0].pool.connections[0])
            val subscription = nats.subscribe("fan.>", overflow = Overflow.DropNewest(messages = 1))
            val last = nats.subjects().last()
            repeat(5) { nats.publish(last, bytes(it)) }
            events.next<NatsEvent.SlowConsumer>() shouldBe
                NatsEvent.SlowConsumer(subscription.id, subscription.sid, "fan.>", droppedMessages = 1)
            nats.flush()
            subscription.unsubscribe()
            events.next<NatsEvent.MessagesDropped>().count shouldBe 4
        }

        promise("unsubscribe(afterMessages) is exact over all shards") {
            val nats = three()
            repeat(20) {
                val subscription = nats.subscribe("fan.*")
                subscription.unsubscribe(afterMessages = 100)
                nats.publishEverywhere(100)
                subscription.isActive shouldBe false
                subscription.toList().size shouldBe 100
                subscription.receivedMessages shouldBe 100
            }
            nats.awaitNoSubscriptions()
            val late = nats.subscribe("fan.*")
            nats.publishEverywhere(10)
            late.unsubscribe(afterMessages = 7)
            late.isActive shouldBe false
            late.toList().size shouldBe 30
            shouldThrow<IllegalArgumentException> { late.unsubscribe(-1) }
        }

        promise("Overflow.Suspend holds the readers and loses nothing") {
            val nats = three()
            val subscription = nats.subscribe("fan.*", overflow = Overflow.Suspend(messages = 8))
            val received = async { subscription.take(6_000).onEach { yield() }.toList() }
            coroutineScope {
                nats.subjects().forEach { subject -> launch(Dispatchers.Default) { repeat(2_000) { nats.publish(subject, bytes(it)) } } }
            }
            received.await().groupBy { it.subject }.values.forEach {
                it.map { message -> message.text().toInt() } shouldBe
                    List(2_000) { it }
            }
            subscription.droppedMessages shouldBe 0
            nats.flush()
        }

        promise("Overflow.Suspend does not keep subscribe from returning while messages pour in") {
            val nats = three(poolSize = 2)
            coroutineScope {
                val flood = launch(Dispatchers.Default) {
                    while (isActive) nats.subjects().forEach { nats.publish(it, bytes("flood")) }
                }
                repeat(5) {
                    val subscription = nats.subscribe("fan.*", overflow = Overflow.Suspend(messages = 1))
                    subscription.take(100).toList().size shouldBe 100
                }
                flood.cancel()
            }
        }

        promise("Overflow.Latest keeps one message of all shards, Overflow.Fail ends in all of them") {
            val nats = three()
            val latest = nats.subscribe("fan.*", overflow = Overflow.Latest)
            nats.publishEverywhere(100)
            latest.pendingMessages shouldBe 1
            latest.unsubscribe()
            latest.toList().single().text() shouldBe "99"
            val failing = nats.subscribe("fan.*", overflow = Overflow.Fail(messages = 10))
            nats.publishEverywhere(100)
            val received = AtomicInteger()
            shouldThrow<SlowConsumerException> { failing.collect { received.incrementAndGet() } }
            received.get() shouldBe 10
            nats.awaitNoSubscriptions()
        }

        promise("drain hands over everything that was under way in every shard") {
            val nats = three()
            val subscription = nats.subscribe("fan.*")
            val received = async(start = CoroutineStart.UNDISPATCHED) { subscription.toList() }
            coroutineScope { nats.subjects().forEach { subject -> launch { repeat(1_000) { nats.publish(subject, bytes(it)) } } } }
            subscription.drain()
            received.await().size shouldBe 3_000
            nats.stats().subscriptions shouldBe 0
            nats.publishEverywhere(1)
            subscription.receivedMessages shouldBe 3_000
            val uncollected = nats.subscribe("fan.*")
            nats.publishEverywhere(1)
            shouldThrow<DrainTimeoutException> { uncollected.drain(timeout = 50.milliseconds) }
            uncollected.pendingMessages shouldBe 0
        }

        promise("draining all shards hands over everything, and the Flow completes") {
            val nats = three()
            val subscription = nats.subscribe("fan.*")
            val received = async(start = CoroutineStart.UNDISPATCHED) { subscription.onEach { yield() }.toList() }
            coroutineScope { nats.subjects().forEach { subject -> launch { repeat(1_000) { nats.publish(subject, bytes(it)) } } } }
            nats.drain()
            received.await().size shouldBe 3_000
        }

        promise("a subscription drains although a shard is down") {
            val servers = List(3) { embedded() }
            val nats = shards(servers.map { it.url })
            val kinds = listOf(nats.subscribe("fan.*"), nats.subscribe("fan.*") {})
            val received = async(start = CoroutineStart.UNDISPATCHED) { kinds[0].toList() }
            servers[0].shutdown()
            nats.shards[0].pool.state.first { it == ConnectionState.Reconnecting }
            nats.subjects().drop(1).forEach { subject -> repeat(100) { nats.publish(subject, bytes(it)) } }
            kinds.forEach { it.drain() }
            received.await().size shouldBe 200
            kinds[1].receivedMessages shouldBe 200
        }

        promise("a shard whose connection ends for good takes only its part: the Flow goes on, and fails at the end") {
            val servers = List(3) { embedded() }
            val nats = shards(servers.map { it.url }) { reconnect { maxReconnects = 0 } }
            val subscription = nats.subscribe("fan.*")
            val unsubscribed = nats.subscribe("fan.*")
            val received = AtomicInteger()
            val collecting = async(start = CoroutineStart.UNDISPATCHED) {
                shouldThrow<ConnectionLostException> { subscription.collect { received.incrementAndGet() } }
            }
            servers[1].shutdown()
            nats.shards[1].pool.state.first { it == ConnectionState.Closed }
            nats.subjects().filterIndexed { index, _ -> index != 1 }.forEach { nats.publish(it, bytes("works")) }
            until { received.get() == 2 }
            subscription.isActive shouldBe true
            // What has come for one subscription need not have come for the other.
            until { unsubscribed.pendingMessages == 2L }
            unsubscribed.unsubscribe()
            unsubscribed.toList().size shouldBe 2
            servers[0].shutdown()
            servers[2].shutdown()
            collecting.await()
            subscription.isActive shouldBe false
        }

        promise("a subscription that cannot be made in one shard is made in none") {
            val servers = List(3) { embedded() }
            servers[2].shutdown()
            val nats = shards(servers.map { it.url })
            shouldThrow<ConnectFailedException> { nats.subscribe("fan.*") }
            shouldThrow<ConnectFailedException> { nats.subscribe("fan.*") {} }
            shouldThrow<ConnectFailedException> { nats.respond("fan.*") { it.payload } }
            shouldThrow<InvalidQueueGroupException> { nats.subscribe("fan.*", queueGroup = "two words") }
            nats.stats().subscriptions shouldBe 0
            nats.shards.take(2).forEach { it.flush() }
            servers.take(2).forEach { it.subscriptions shouldBe 0 }
        }

        promise("messages() unsubscribes in every shard when its collector ends, and a Flow has one collector") {
            val nats = three()
            coroutineScope {
                val first = async(start = CoroutineStart.UNDISPATCHED) { nats.messages("fan.*").take(3).toList() }
                until { nats.stats().subscriptions == 3 }
                nats.subjects().forEach { nats.publish(it, bytes("one")) }
                first.await().size shouldBe 3
            }
            nats.awaitNoSubscriptions()
            val subscription = nats.subscribe("fan.*")
            subscription.unsubscribe()
            subscription.toList() shouldContainExactly emptyList()
            shouldThrow<IllegalStateException> { subscription.toList() }
        }

        promise("handlers get one message at a time, over all shards") {
            val nats = three()
            val busy = AtomicInteger()
            val most = AtomicInteger()
            val handled = AtomicInteger()
            fun enter() {
                most.accumulateAndGet(busy.incrementAndGet(), ::maxOf)
            }

            fun leave() {
                busy.decrementAndGet()
                handled.incrementAndGet()
            }
            val kinds: List<suspend () -> Subscription> = listOf(
                {
                    nats.subscribe("fan.*") {
                        enter()
                        yield()
                        leave()
                    }
                },
                {
                    nats.subscribeInline("fan.*") {
                        enter()
                        Thread.onSpinWait()
                        leave()
                    }
                },
                {
                    nats.respond("fan.*") {
                        enter()
                        yield()
                        leave()
                        it.payload
                    }
                },
            )
            for (kind in kinds) {
                handled.set(0)
                val subscription = kind()
                nats.publishEverywhere(500)
                subscription.drain()
                handled.get() shouldBe 1_500
                most.get() shouldBe 1
                subscription.receivedMessages shouldBe 1_500
                nats.stats().subscriptions shouldBe 0
            }
        }

        promise("a handler gets exactly as many messages as were asked for, over all shards") {
            val nats = three()
            for (inline in listOf(false, true)) {
                val handled = AtomicInteger()
                val subscription =
                    if (inline) {
                        nats.subscribeInline("fan.*") {
                            handled.incrementAndGet()
                        }
                    } else {
                        nats.subscribe("fan.*") { handled.incrementAndGet() }
                    }
                subscription.unsubscribe(afterMessages = 100)
                nats.publishEverywhere(100)
                until { handled.get() == 100 && !subscription.isActive }
                nats.flush()
                nats.awaitNoSubscriptions()
                handled.get() shouldBe 100
            }
        }

        promise("a responder to a wildcard answers in the shard that asks") {
            val nats = three(poolSize = 2)
            val responder = nats.respond("fan.*") { request -> bytes("${request.subject} ${request.text()}") }
            nats.subjects().forEach { subject -> repeat(20) { nats.request(subject, bytes(it)).text() shouldBe "$subject $it" } }
            responder.receivedMessages shouldBe 60
            responder.unsubscribe()
            nats.awaitNoSubscriptionsButInboxes()
        }

        promise("members of a queue group share the messages of every shard") {
            val urls = List(3) { embedded().url }
            val members = List(2) { shards(urls) }
            val received = List(2) { AtomicInteger() }
            members.zip(received).forEach { (member, count) ->
                member.subscribe("fan.*", queueGroup = "workers") { count.incrementAndGet() }
            }
            members.forEach { it.flush() }
            members[0].publishEverywhere(1_000)
            members.forEach { it.drain() }
            received.sumOf { it.get() } shouldBe 3_000
            received.forEach { it.get() shouldBeGreaterThan 1_000 }
        }

        promise("subscribing and leaving at the same time leaves nothing behind") {
            val nats = three(poolSize = 2)
            val gate = CompletableDeferred<Unit>()
            coroutineScope {
                repeat(20) {
                    launch(Dispatchers.Default) {
                        gate.await()
                        repeat(10) { nats.subscribe("fan.*").unsubscribe() }
                    }
                    val cancelled = launch(Dispatchers.Default) {
                        gate.await()
                        nats.messages("fan.*").collect {}
                    }
                    launch(Dispatchers.Default) {
                        gate.await()
                        nats.publishEverywhere(10)
                        cancelled.cancel()
                    }
                }
                gate.complete(Unit)
            }
            nats.awaitNoSubscriptions()
        }
    })

/** Requests have an inbox on each connection that has sent one. */
private suspend fun NatsShards.awaitNoSubscriptionsButInboxes() =
    until { shards.all { shard -> shard.pool.connections.all { it.stats().subscriptions <= 1 } } }
