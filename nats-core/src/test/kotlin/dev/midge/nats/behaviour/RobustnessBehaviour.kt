package dev.midge.nats.behaviour

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.promises.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * What users' code may do without harm to the connection, whatever the server.
 *
 * @param connections how many are opened and closed: a leak of a thread in 30 of them shows with the default.
 */
fun FunSpecRootScope.robustnessBehaviour(servers: Servers, connections: Int = 300) {
    behaviour("RequestLeavesNothingBehind: 20,000 requests timed out and 2,000 cancelled", servers) {
        val nats = connection()
        nats.subscribeInline("hole") { }
        coroutineScope {
            repeat(20_000) {
                launch { shouldThrow<RequestTimeoutException> { nats.request("hole", timeout = 200.milliseconds) } }
            }
        }
        nats.stats().pendingRequests shouldBe 0
        coroutineScope {
            val requests = List(2_000) { launch { nats.request("hole", timeout = 60.seconds) } }
            while (nats.stats().pendingRequests < 2_000) yield()
            requests.forEach(Job::cancel)
            requests.joinAll()
        }
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("handlers that block every thread of Dispatchers.Default do not stop the connection", servers) {
        val nats = connection()
        val release = CountDownLatch(1)
        val threads = Runtime.getRuntime().availableProcessors()
        // This test itself must not need the threads that it blocks.
        withContext(Dispatchers.IO) {
            val blocked = CountDownLatch(threads)
            try {
                // More handlers than threads, each blocking one.
                repeat(threads * 2) { number ->
                    nats.subscribe("blocking.$number") {
                        blocked.countDown()
                        release.await(30, TimeUnit.SECONDS)
                    }
                }
                repeat(threads * 2) { number -> nats.publish("blocking.$number") }
                blocked.await(10, TimeUnit.SECONDS) shouldBe true
                nats.flush(10.seconds)
            } finally {
                release.countDown()
            }
        }
    }

    behaviour("a caller without a dispatcher may block after any call", servers) {
        val nats = connection()
        nats.respond("echo") { it.payload }
        // The other connection's requests may be faster to the server than the SUB.
        nats.flush()
        val done = CompletableDeferred<Result<Unit>>()
        // As `suspend fun main` does.
        val main: suspend () -> Unit = {
            val other = connection()
            other.connect()
            runBlocking { other.ping(10.seconds) }
            other.request("echo")
            runBlocking { other.ping(10.seconds) }
            other.flush()
            runBlocking { other.request("echo") }
            other.subscribe("own").let { own ->
                other.publish("own")
                own.first()
            }
            runBlocking { other.ping(10.seconds) }
            other.state.first { it == ConnectionState.Connected }
            runBlocking { other.ping(10.seconds) }
            other.drain()
        }
        main.startCoroutine(Continuation(EmptyCoroutineContext, done::complete))
        done.await().getOrThrow()
    }

    behaviour("a timeout within a handler is its failure, not the end of the subscription", servers) {
        val nats = connection()
        nats.respond("slow") { request ->
            if (request.text() == "slow") withTimeout(10.milliseconds) { awaitCancellation() }
            "quick".encodeToByteArray()
        }
        shouldThrow<ServiceErrorException> { nats.request("slow", "slow".encodeToByteArray()) }.error shouldContain "Timeout"
        nats.request("slow").text() shouldBe "quick"
    }

    behaviour("an Error of an inline handler is told, and the connection lives", servers) {
        val nats = connection()
        nats.subscribeInline("broken") { throw NotImplementedError("later") }
        coroutineScope {
            val event = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
            nats.publish("broken")
            event.await().cause.message shouldBe "later"
        }
        nats.flush()
    }

    behaviour("a collector that never suspends can be cancelled", servers) {
        val nats = connection()
        val subscription = nats.subscribe("firehose")
        val publisher = connection()
        coroutineScope {
            val publishing = launch { while (true) publisher.publish("firehose") }
            var count = 0L
            withTimeoutOrNull(100.milliseconds) { subscription.collect { count++ } } shouldBe null
            publishing.cancel()
        }
        nats.stats().subscriptions shouldBe 0
    }

    behaviour("10,000 cancelled publishes leave whole frames only", servers) {
        val nats = connection()
        val received = AtomicInteger()
        val other = connection()
        other.subscribeInline("cut.>") { message ->
            check(message.payload.all { it == message.payload.size.toByte() }) { "a frame was torn" }
            received.incrementAndGet()
        }
        other.flush()
        coroutineScope {
            repeat(10_000) { number ->
                val job = launch { repeat(20) { nats.publish("cut.$number", ByteArray(number % 100) { (number % 100).toByte() }) } }
                if (number % 3 == 0) yield()
                job.cancel()
            }
        }
        nats.flush()
        other.flush()
        received.get().toLong() shouldBe nats.stats().sentMessages
    }

    behaviour("nothing that was accepted while the connection is being closed is lost", servers) {
        repeat(20) {
            val counted = AtomicInteger()
            val other = connection()
            other.subscribeInline("closing") { counted.incrementAndGet() }
            other.flush()
            val nats = connection()
            nats.connect()
            val accepted = publishUntilClosed(nats)
            // Handed to the system: a server that is behind has yet to read it.
            until { counted.get() == accepted }
        }
    }

    behaviour("$connections connections opened and closed leave no thread behind", servers) {
        repeat(50) { connection().apply { flush() }.close() }
        val before = Thread.activeCount()
        repeat(connections - 50) { NatsConnection(connection().options).apply { flush() }.close() }
        // Dispatchers.IO keeps idle threads for a while; it has never more than it needed at once.
        (Thread.activeCount() - before <= THREADS_AT_ONCE) shouldBe true
    }

    behaviour("drain waits for subscriptions of all kinds and ends them", servers) {
        val nats = connection()
        val flow = nats.subscribe("kinds")
        val inline = AtomicInteger()
        nats.subscribeInline("kinds") { inline.incrementAndGet() }
        val handled = AtomicInteger()
        nats.subscribe("kinds") { handled.incrementAndGet() }
        repeat(1_000) { nats.publish("kinds") }
        coroutineScope {
            val collected = async { flow.toList().size }
            nats.drain()
            collected.await() shouldBe 1_000
        }
        inline.get() shouldBe 1_000
        handled.get() shouldBe 1_000
    }
}

private const val THREADS_AT_ONCE = 8

/** Publishes from four coroutines until the connection, closed meanwhile, refuses; returns how many messages were accepted. */
private suspend fun publishUntilClosed(nats: NatsConnection): Int {
    val accepted = AtomicInteger()
    coroutineScope {
        repeat(4) {
            launch {
                try {
                    while (true) {
                        nats.publish("closing", ByteArray(100))
                        accepted.incrementAndGet()
                    }
                } catch (expected: dev.midge.nats.ConnectionClosedException) {
                    // The end of this publisher.
                }
            }
        }
        while (accepted.get() < 500) yield()
        nats.close()
    }
    return accepted.get()
}
