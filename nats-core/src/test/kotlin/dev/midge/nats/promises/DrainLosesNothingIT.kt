package dev.midge.nats.promises

import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

class DrainLosesNothingIT :
    FunSpec({
        for (version in serverVersions) {
            promise("all that was received is handled, all that was published arrives, the Flows complete, on nats-server $version") {
                val server = server(version)
                val witness = connection(server.url)
                val confirmed = witness.subscribe("confirmed")
                witness.flush()
                val nats = connection(server.url)
                val started = CompletableDeferred<Unit>()
                val handled = AtomicInteger()
                // Each message takes its time, and publishes in its turn.
                nats.subscribe("work") { message ->
                    started.complete(Unit)
                    delay(1.milliseconds)
                    nats.publish("confirmed", message.payload)
                    handled.incrementAndGet()
                }
                val flow = nats.subscribe("work")
                nats.flush()
                repeat(500) { witness.publish("work", "$it".encodeToByteArray()) }
                witness.flush()
                started.await()
                val collected = async { flow.toList().map { it.text().toInt() } }
                val draining = async(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
                nats.state.first { it == ConnectionState.Draining }
                shouldThrow<ConnectionDrainingException> { nats.subscribe("late") }
                draining.await()
                // Not a moment earlier.
                handled.get() shouldBe 500
                nats.state.value shouldBe ConnectionState.Closed
                collected.await() shouldContainExactly List(500) { it }
                witness.flush()
                confirmed.unsubscribe()
                confirmed.toList().map { it.text().toInt() } shouldContainExactly List(500) { it }
                until { server.clients() == 1 }
            }
        }

        promise("what handlers publish at the end arrives, also when the network takes its time") {
            val server = server()
            val proxy = proxy(server.port)
            val arrived = AtomicInteger()
            val witness = connection(server.url)
            witness.subscribeInline("last") { arrived.incrementAndGet() }
            witness.flush()
            val nats = connection(proxy.url)
            val gate = CompletableDeferred<Unit>()
            nats.subscribe("work") {
                gate.await()
                nats.publish("last", ByteArray(10_000))
            }
            nats.flush()
            repeat(200) { witness.publish("work") }
            witness.flush()
            nats.flush()
            proxy.throttle(4_000_000)
            val draining = async(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
            nats.state.first { it == ConnectionState.Draining }
            gate.complete(Unit)
            draining.await()
            witness.flush()
            arrived.get() shouldBe 200
        }

        promise("requests under way are answered before the end") {
            val server = server()
            val responder = connection(server.url)
            val gate = CompletableDeferred<Unit>()
            val asked = CompletableDeferred<Unit>()
            responder.respond("slow") {
                asked.complete(Unit)
                gate.await()
                it.payload
            }
            responder.flush()
            val nats = connection(server.url)
            val reply = async { nats.request("slow", "1".encodeToByteArray()).text() }
            asked.await()
            val draining = async(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
            nats.state.first { it == ConnectionState.Draining }
            gate.complete(Unit)
            reply.await() shouldBe "1"
            draining.await()
        }

        promise("the timeout is honoured") {
            for (timeout in listOf(200.milliseconds, 700.milliseconds)) {
                val server = server()
                val nats = connection(server.url)
                val handling = CompletableDeferred<Unit>()
                nats.subscribe("stuck") {
                    handling.complete(Unit)
                    awaitCancellation()
                }
                nats.publish("stuck")
                handling.await()
                val took = measureTime { shouldThrow<DrainTimeoutException> { nats.drain(timeout) } }
                (took - timeout).absoluteValue shouldBeLessThanOrEqualTo 100.milliseconds
                nats.state.value shouldBe ConnectionState.Closed
                figure("DrainLosesNothing: a timeout of $timeout took $took")
            }
        }

        promise("a drain that finds nothing to do does not wait") {
            val server = server()
            val nats = connection(server.url)
            nats.subscribe("idle") { }
            nats.flush()
            measureTime { nats.drain() } shouldBeLessThan 1.seconds
            measureTime { connection(server.url).drain() } shouldBeLessThan 1.seconds
        }

        promise("two drains at once, and one of a subscription meanwhile, all return") {
            val server = server()
            val nats = connection(server.url)
            val handled = AtomicInteger()
            val subscription = nats.subscribe("work") { handled.incrementAndGet() }
            repeat(10_000) { nats.publish("work") }
            val drains = List(3) { number -> launch { if (number == 0) subscription.drain() else nats.drain() } }
            drains.forEach { it.join() }
            handled.get() shouldBe 10_000
        }
    })
