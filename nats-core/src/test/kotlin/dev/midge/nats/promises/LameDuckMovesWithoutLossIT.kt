package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.testing.NatsCluster
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** The shortest that the server takes; it ends as soon as its last client has left. */
private const val LAME_DUCK = "lame_duck_duration: 30s, lame_duck_grace_period: 1s"

private val patient = TimeoutOptions { request = 5.seconds }

/** 1,000 requests a second, each in a coroutine of its own. */
private class RequestLoad(private val nats: NatsConnection) {
    val answered = AtomicInteger()
    val failures = ConcurrentLinkedQueue<Throwable>()
    private val start = TimeSource.Monotonic.markNow()

    fun launchIn(scope: CoroutineScope): Job = scope.launch {
        coroutineScope {
            var sent = 0
            while (true) {
                while (sent < start.elapsedNow().inWholeMilliseconds) {
                    val number = (sent++).toString()
                    launch { request(number) }
                }
                delay(1.milliseconds)
            }
        }
    }

    private suspend fun request(number: String) {
        try {
            val reply = nats.request("twice", number.encodeToByteArray())
            check(reply.text() == "$number $number") { "the reply to $number is ${reply.text()}" }
            answered.incrementAndGet()
        } catch (e: dev.midge.nats.NatsException) {
            failures += e
        }
    }
}

/** Has a node shut down as operators do, waits until it has, and starts it again. */
private fun rollingRestart(cluster: NatsCluster, node: NatsServerProcess) {
    node.signal("ldm")
    check(node.awaitExit(Duration.ofSeconds(25))) { "the server still has clients" }
    node.restart()
    cluster.awaitFormed()
}

class LameDuckMovesWithoutLossIT :
    FunSpec({
        for (version in serverVersions) {
            promise("a rolling restart costs no request and no message, on nats-server $version", longRun) {
                val cluster = cluster(3, version) { config = LAME_DUCK }
                val urls = cluster.urls.joinToString(",")
                fun member() = connection(urls) { timeouts = patient }
                repeat(2) { member().respond("twice", "workers") { "${it.text()} ${it.text()}".encodeToByteArray() } }
                val requester = member()
                val subscriber = member()
                val all = ConcurrentHashMap.newKeySet<Int>()
                subscriber.subscribeInline("numbered") { all.add(it.text().toInt()) }
                val grouped = ConcurrentLinkedQueue<Int>()
                repeat(2) { member().subscribeInline("numbered", "group") { grouped.add(it.text().toInt()) } }
                val publisher = member()
                val members = members()
                members.forEach { it.flush() }
                val logs = members.map(::eventsOf)
                cluster.nodes.forEach { node -> until { node.knowsAll("twice", "numbered") } }

                val load = RequestLoad(requester)
                val requesting = load.launchIn(this)
                val published = AtomicInteger()
                val publishing = launch {
                    while (isActive) {
                        publisher.publish("numbered", "${published.get()}".encodeToByteArray())
                        published.incrementAndGet()
                        delay(1.milliseconds)
                    }
                }
                repeat(rounds(1, 3)) { cluster.nodes.forEach { rollingRestart(cluster, it) } }
                publishing.cancel()
                publishing.join()
                publisher.flush()
                requesting.cancel()
                requesting.join()

                load.failures.shouldBeEmpty()
                load.answered.get() shouldBeGreaterThan 1_000
                val sent = List(published.get()) { it }
                until { all.size >= sent.size }
                all shouldContainAll sent
                until { grouped.size >= sent.size }
                grouped.sorted() shouldBe sent
                // Nobody has lost a connection: all have moved.
                logs.flatMap { it.all }.filterIsInstance<NatsEvent.Disconnected>().shouldBeEmpty()
                logs.flatMap { it.all }.filterIsInstance<NatsEvent.LameDuck>().size shouldBeGreaterThan 2
                cluster.nodes.forEach { it.shouldHaveReadWholeFrames() }
                figure("LameDuckMovesWithoutLoss $version: ${load.answered} requests, ${sent.size} messages, 0 failed, 0 lost")
            }
        }

        promise("what is on its way when the old connection is left arrives, however long the way") {
            val cluster = cluster(2) { config = LAME_DUCK }
            val (left, kept) = cluster.nodes
            val proxies = cluster.nodes.map { node -> proxy(node.port).also { it.delay(Duration.ofMillis(30)) } }
            val mover = connection(proxies.joinToString(",") { it.url }) {
                randomizeServers = false
                reconnect { useDiscoveredServers = false }
            }
            val stayer = connection(kept.url) { reconnect { useDiscoveredServers = false } }
            val there = ConcurrentLinkedQueue<Int>()
            val here = ConcurrentLinkedQueue<Int>()
            // In a group: no second copy by the other server replaces what is lost.
            stayer.subscribeInline("there", "group") { there.add(it.text().toInt()) }
            mover.subscribeInline("here", "group") { here.add(it.text().toInt()) }
            listOf(stayer, mover).forEach { it.flush() }
            until { left.knowsRemoteInterest("there") && kept.knowsRemoteInterest("here") }
            val events = eventsOf(mover)
            val sent = AtomicInteger()
            val publishing = launch {
                while (isActive) {
                    val number = "${sent.get()}".encodeToByteArray()
                    mover.publish("there", number)
                    stayer.publish("here", number)
                    sent.incrementAndGet()
                    delay(1.milliseconds)
                }
            }
            left.signal("ldm")
            events.next<NatsEvent.Reconnected>()
            publishing.cancelAndJoin()
            val all = List(sent.get()) { it }
            until { there.containsAll(all) && here.containsAll(all) }
        }

        promise("the event comes first, then the next connection, then the old one is left") {
            val cluster = cluster(2) { config = LAME_DUCK }
            val first = cluster.nodes[0]
            val nats = connection(cluster.urls.joinToString(",")) {
                randomizeServers = false
                name = "mover"
            }
            val subscription = nats.subscribe("kept")
            nats.flush()
            val events = eventsOf(nats)
            first.signal("ldm")
            events.next<NatsEvent.LameDuck>().url shouldBe first.url
            events.next<NatsEvent.Reconnected>().url shouldNotBe first.url
            events.all.filterIsInstance<NatsEvent.Disconnected>().shouldBeEmpty()
            val known = setOf(ServerSubscription(subscription.sid, "kept", null, 0))
            cluster.nodes[1].subscriptionsOf("mover") shouldBe known
            first.awaitExit(Duration.ofSeconds(25)) shouldBe true
        }
    })

private suspend fun NatsServerProcess.knowsAll(vararg subjects: String): Boolean =
    subjects.all { knowsRemoteInterest(it) || monitor("/subsz?subs=1").toString().contains("\"$it\"") }
