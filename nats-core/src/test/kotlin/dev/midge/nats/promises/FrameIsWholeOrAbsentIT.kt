package dev.midge.nats.promises

import dev.midge.nats.BufferOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeGreaterThanOrEqual
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds

/** From an empty payload to one that fills more than a batch. */
private val sizes = listOf(0, 1, 13, 100, 1_000, 10_000, 70_000, 200_000)

/** Publishes messages of all [sizes], each with its number in a header and every byte of its payload made from that. */
private fun CoroutineScope.publishVaried(nats: NatsConnection, publisher: Int): Job = launch {
    var number = 0
    while (true) {
        val payload = ByteArray(sizes[number % sizes.size]) { (it + number).toByte() }
        nats.publish("whole.$publisher", payload, Headers.of("number" to "$number"))
        number++
        yield()
    }
}

/** Checks every byte, and that no number comes after a higher one or twice. */
private class WholeFrames {
    private val last = ConcurrentHashMap<String, Int>()
    val received = AtomicInteger()
    val torn = AtomicInteger()
    val inversions = AtomicInteger()

    fun onMessage(message: NatsMessage) {
        val number = checkNotNull(message.headers["number"]).toInt()
        val size = sizes[number % sizes.size]
        if (message.payload.size != size || message.payload.indices.any { message.payload[it] != (it + number).toByte() }) {
            torn.incrementAndGet()
        }
        if (number <= (last.put(message.subject, number) ?: -1)) inversions.incrementAndGet()
        received.incrementAndGet()
    }
}

class FrameIsWholeOrAbsentIT :
    FunSpec({
        val atOnce = ReconnectOptions {
            wait = 5.milliseconds
            jitter = 0.milliseconds
        }

        for (version in serverVersions) {
            promise("no frame is torn by cuts in the middle of one, on nats-server $version", longRun) {
                val server = server(version)
                val proxy = proxy(server.port)
                val frames = WholeFrames()
                val subscriber = connection(server.url)
                subscriber.subscribeInline("whole.*", handler = frames::onMessage)
                subscriber.flush()
                val nats = connection(proxy.url) {
                    reconnect = atOnce
                    // Or the server reads the rest of the old socket and the beginning of the new one side by side.
                    onConnecting = { target ->
                        until { server.clients() == 1 }
                        target
                    }
                }
                val events = eventsOf(nats)
                nats.connect()
                val publishers = List(4) { publishVaried(nats, it) }
                repeat(rounds(15, 200)) {
                    val before = frames.received.get()
                    proxy.cutAfter(Random.nextLong(1, 600_000), CLIENT_TO_SERVER, times = 1)
                    events.next<NatsEvent.Disconnected>()
                    events.next<NatsEvent.Reconnected>()
                    until { frames.received.get() > before + 20 }
                }
                publishers.forEach { it.cancel() }
                publishers.forEach { it.join() }
                nats.flush()
                subscriber.flush()
                frames.torn.get() shouldBe 0
                frames.inversions.get() shouldBe 0
                server.shouldHaveReadWholeFrames()
            }
        }

        promise("10,000 publishes cancelled while they wait for room leave whole frames or none", longRun) {
            val server = server()
            val proxy = proxy(server.port)
            val received = AtomicInteger()
            val torn = AtomicInteger()
            val subscriber = connection(server.url)
            subscriber.subscribeInline("cut.*") { message ->
                val size = message.subject.substringAfter('.').toInt()
                if (message.payload.size != size || message.payload.any { it != size.toByte() }) torn.incrementAndGet()
                received.incrementAndGet()
            }
            subscriber.flush()
            // A small buffer before a slow network: most calls are cancelled while they wait.
            val nats = connection(proxy.url) {
                reconnect = atOnce
                buffers { outbound = 64 * 1024 }
            }
            nats.connect()
            val (completed, cancelled) = publishAndCancel(nats, proxy)
            nats.flush(kotlin.time.Duration.INFINITE)
            subscriber.flush()
            torn.get() shouldBe 0
            received.get().toLong() shouldBe nats.stats().sentMessages
            // A call that was cancelled has sent the whole message or nothing of it; one that has returned has sent it.
            (completed <= received.get() && received.get() <= completed + cancelled) shouldBe true
            cancelled shouldBeGreaterThanOrEqual rounds(2_000, 10_000)
            server.shouldHaveReadWholeFrames()
            figure("FrameIsWholeOrAbsent: ${completed + cancelled} publishes, $cancelled of them cancelled mid-call, 0 torn frames")
        }
    })

/** Returns how many calls have returned and how many were cancelled. */
private suspend fun publishAndCancel(nats: NatsConnection, proxy: FaultProxy): Pair<Int, Int> {
    val completed = AtomicInteger()
    val cancelled = AtomicInteger()
    var round = 0
    while (cancelled.get() < rounds(2_000, 10_000)) {
        // Most of the time the network takes nothing, and now and then a little.
        if (round++ % 10 == 9) proxy.resume(CLIENT_TO_SERVER) else proxy.pause(CLIENT_TO_SERVER)
        coroutineScope {
            val calls = List(100) { number ->
                val size = (round * 100 + number) % 20_000
                launch {
                    try {
                        nats.publish("cut.$size", ByteArray(size) { size.toByte() })
                        completed.incrementAndGet()
                    } catch (e: kotlinx.coroutines.CancellationException) {
                        cancelled.incrementAndGet()
                        throw e
                    }
                }
            }
            repeat(3) { yield() }
            calls.forEach(Job::cancel)
        }
    }
    proxy.heal()
    return completed.get() to cancelled.get()
}
