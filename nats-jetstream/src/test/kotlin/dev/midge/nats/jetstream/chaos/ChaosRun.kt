package dev.midge.nats.jetstream.chaos

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.jetstream.Consuming
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** A stream on three servers, publishers, and a consumer of each kind, each by a connection of its own. */
internal class ChaosRun(scope: CoroutineScope, private val servers: ChaosCluster) : CoroutineScope by scope {
    private val urls = servers.cluster.urls.joinToString(",")
    private val connections = ArrayList<NatsConnection>()
    private val troubles = ConcurrentLinkedQueue<Trouble>()
    private val names = ConcurrentHashMap<String, AtomicInteger>()
    private val faults = ConcurrentHashMap<String, AtomicInteger>()
    private lateinit var publishing: List<Job>
    private lateinit var pulling: Job
    private lateinit var reading: Job
    private lateinit var consuming: Consuming
    private lateinit var durables: List<NatsConsumer>
    lateinit var publishers: ChaosPublishers
    lateinit var stream: NatsStream
    val pulled = Deliveries("messages", troubles)
    val keyed = Deliveries("consume", troubles)
    val ordered = Deliveries("ordered", troubles)
    val all = listOf(pulled, keyed, ordered)
    val orderedSequences = ConcurrentLinkedQueue<Long>()

    /** The longest by who stood still. */
    val stalls = ConcurrentHashMap<String, Duration>()

    private suspend fun member(name: String): JetStream {
        val nats = NatsConnection(urls) { this.name = name }.also(connections::add)
        val js = nats.jetStream()
        launch(start = CoroutineStart.UNDISPATCHED) {
            nats.events.collect { if (it is NatsEvent.Disconnected || it is NatsEvent.LameDuck) sign("$name: $it") }
        }
        launch(start = CoroutineStart.UNDISPATCHED) {
            js.events.collect {
                names.computeIfAbsent(it::class.simpleName.orEmpty()) { AtomicInteger() }.incrementAndGet()
                if (it is JetStreamEvent.PullEnded || it is JetStreamEvent.HeartbeatMissed) sign("$name: $it")
            }
        }
        return js
    }

    private fun sign(what: String) {
        troubles += Trouble(what, TimeSource.Monotonic.markNow()).also { it.end = it.begin }
    }

    suspend fun start() {
        val js = member("publisher")
        stream = js.createStream(STREAM) {
            subjects("chaos.>")
            replicas = REPLICAS
        }
        val pullers = member("puller").stream(STREAM)
        val keyers = member("keyer").stream(STREAM)
        val readers = member("reader").stream(STREAM)
        val puller = pullers.createConsumer(DURABLES[0]) { ackWait = dev.midge.nats.jetstream.chaos.ackWait }
        val keyer = keyers.createConsumer(DURABLES[1]) { ackWait = dev.midge.nats.jetstream.chaos.ackWait }
        durables = listOf(puller, keyer)
        servers.awaitLeaders()
        pulling = launch { pull(puller) }
        consuming = keyer.consume(parallelism = 4) {
            keyed.onMessage(it)
            keyed.onAck(it)
        }
        reading = launch {
            readers.ordered { startAt(1) }.collect {
                ordered.onMessage(it)
                orderedSequences += it.metadata.streamSequence
            }
        }
        publishers = ChaosPublishers(js, "chaos")
        publishing = publishers.launchIn(this)
        until { all.all { it.highest.get() > 0 } }
    }

    private suspend fun pull(consumer: NatsConsumer): Unit = consumer.messages().collect {
        pulled.onMessage(it)
        if (it.metadata.streamSequence % NAK_EVERY == 0L && it.metadata.delivered == 1L) {
            pulled.onNak(it)
            it.nak()
        } else {
            it.ack()
            pulled.onAck(it)
        }
    }

    suspend fun strikeAgainAndAgain() {
        val begin = TimeSource.Monotonic.markNow()
        val random = Random(begin.hashCode())
        var count = 0
        while (count < FEWEST_FAULTS || begin.elapsedNow() < faultTime) {
            val fault = Fault.entries[count % Fault.entries.size]
            strike(fault, wantsLeader = count % 4 < 2, random)
            count++
        }
    }

    private suspend fun strike(fault: Fault, wantsLeader: Boolean, random: Random) {
        val victim = servers.victim(wantsLeader, random)
        val what = "$fault of ${if (wantsLeader) "the leader" else "any"}"
        faults.computeIfAbsent(what) { AtomicInteger() }.incrementAndGet()
        val trouble = Trouble(what, TimeSource.Monotonic.markNow()).also(troubles::add)
        servers.strike(fault, victim)
        servers.awaitLeaders(victim)
        trouble.end = TimeSource.Monotonic.markNow()
        awaitProgress(what)
        servers.heal(victim)
        servers.awaitLeaders()
        awaitProgress("return after $what")
    }

    /** Everything goes on, and says how long it took to. */
    private suspend fun awaitProgress(what: String) {
        val target = publishers.highest.get()
        measured("publish", what) { publishers.highest.get() > target }
        val published = publishers.highest.get()
        coroutineScope { for (one in all) launch { measured(one.name, what) { one.highest.get() > published } } }
    }

    private suspend fun measured(who: String, what: String, condition: suspend () -> Boolean) {
        val begin = TimeSource.Monotonic.markNow()
        checkNotNull(withTimeoutOrNull(PATIENCE) { until(condition) }) { "$who stands still for more than $PATIENCE after $what" }
        val stall = begin.elapsedNow()
        if (stall > LONG) figure("JetStreamChaos: $who stood still for $stall after $what")
        stalls.merge(who, stall, ::maxOf)
    }

    suspend fun finishPublishing(): Long {
        publishers.finish(publishing)
        return publishers.highest.get()
    }

    suspend fun awaitDelivered(last: Long) {
        for (one in all) {
            checkNotNull(withTimeoutOrNull(PATIENCE) { until { one.texts.size >= last } }) {
                "${one.name} has delivered ${one.texts.size} of $last messages; missing: " +
                    (1..last).filter { !one.texts.containsKey(it) }.take(20)
            }
        }
    }

    suspend fun awaitAllAcknowledged() {
        for (consumer in durables) {
            checkNotNull(withTimeoutOrNull(PATIENCE) { until { consumer.info().let { it.ackPending == 0L && it.pending == 0L } } }) {
                "not all is acknowledged: ${consumer.info()}"
            }
        }
    }

    suspend fun stopConsumers() {
        pulling.cancelAndJoin()
        reading.cancelAndJoin()
        consuming.stop()
    }

    /** But for the one that takes the replies to requests, of each of the consumers' connections. */
    fun leftSubscriptions(): List<Int> = connections.drop(1).map { it.stats().subscriptions - 1 }

    /** Beside the two that stay; deleting is not waited for. */
    suspend fun leftConsumers(): List<String> {
        var left = emptyList<String>()
        withTimeoutOrNull(PATIENCE) {
            until {
                left = stream.consumerNames().toList() - DURABLES.toSet()
                left.isEmpty()
            }
        }
        return left
    }

    fun report(version: String, messages: Int) {
        val stood = stalls.entries.sortedBy { it.key }.joinToString { (who, time) -> "$who ${time.inWholeMilliseconds} ms" }
        val gaps = all.joinToString { "${it.name} ${it.longest.inWholeMilliseconds} ms" }
        val again = all.joinToString { "${it.name} ${it.redelivered}" }
        figure("JetStreamChaos $version: $messages messages, faults $faults; stalls at most: $stood; without a message at most: $gaps")
        figure("JetStreamChaos $version: redelivered $again, 0 without a cause; failed publishes ${publishers.failures}, events $names")
        if (servers.restartsInVain > 0) figure("JetStreamChaos $version: ${servers.restartsInVain} restarts in vain")
    }

    suspend fun close() {
        coroutineScope { connections.forEach { launch { it.close() } } }
        servers.cluster.close()
    }

    companion object {
        const val STREAM = "CHAOS"
        val DURABLES = listOf("puller", "keyer")
        private const val REPLICAS = 3
        private const val NAK_EVERY = 97L
        private val LONG = 5.seconds
        private val PATIENCE = 30.seconds
    }
}

/** Everything is closed when [test] ends. */
internal suspend fun chaosRun(version: String, test: suspend ChaosRun.() -> Unit): Unit = coroutineScope {
    val run = ChaosRun(this, ChaosCluster.start(version, ChaosRun.STREAM, ChaosRun.DURABLES))
    try {
        run.start()
        run.test()
    } finally {
        coroutineContext.job.cancelChildren()
        withContext(NonCancellable) { run.close() }
    }
}
