package dev.midge.nats.promises

import dev.midge.nats.BufferOptions
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

private val atOnce = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

class FlushNeverHangsIT :
    FunSpec({
        promise("flush returns when the server has everything that was published before") {
            val server = server()
            val nats = connection(server.url)
            val other = connection(server.url)
            val received = AtomicInteger()
            other.subscribeInline("counted") { received.incrementAndGet() }
            other.flush()
            repeat(100) { round ->
                repeat(100) { nats.publish("counted") }
                nats.flush()
                // The server has handed them on before it answered.
                other.flush()
                received.get() shouldBe (round + 1) * 100
            }
        }

        promise("a server that answers nothing: flush and ping end with their timeout, also behind a full buffer") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { buffers { outbound = 64 * 1024 } }
            nats.connect()
            proxy.pause()
            val publisher = launch { while (isActive) nats.publish("full", ByteArray(10_000)) }
            until { nats.stats().pendingBytes > 50_000 }
            val limit = 300.milliseconds
            // What a busy machine adds to any wait is not the client's.
            val control = async { measureTime { delay(limit) } - limit }
            val waited = measureTime {
                List(10) { async { runCatching { nats.flush(limit) }.exceptionOrNull() } }.awaitAll()
                    .forEach { it.shouldBeInstanceOf<FlushTimeoutException>() }
            }
            waited shouldBeLessThan limit + 200.milliseconds + control.await()
            shouldThrow<FlushTimeoutException> { nats.ping(100.milliseconds) }
            proxy.heal()
            publisher.cancel()
            nats.flush()
            nats.stats().connects shouldBe 1
        }

        promise("close releases those who wait, within its own time") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { timeouts { close = 100.milliseconds } }
            nats.connect()
            proxy.pause()
            val waiting = List(10) { async(start = CoroutineStart.UNDISPATCHED) { runCatching { nats.flush(60.seconds) } } }
            measureTime { nats.close() } shouldBeLessThan 1.seconds
            waiting.awaitAll().forEach { it.isFailure shouldBe true }
        }

        promise("the loss of the connection releases those who wait") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) { reconnect = atOnce }
            nats.connect()
            val events = eventsOf(nats)
            proxy.pause()
            val waiting = List(10) { async(start = CoroutineStart.UNDISPATCHED) { runCatching { nats.flush(60.seconds) } } }
            proxy.resetConnections()
            events.next<NatsEvent.Disconnected>()
            waiting.awaitAll().forEach { it.exceptionOrNull().shouldBeInstanceOf<ConnectionLostException>() }
            proxy.heal()
            nats.flush()
        }

        promise("flush, ping, requests, publishers and drains under kills, resets and stalls: all of them end", longRun) {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) {
                reconnect = atOnce
                buffers { outbound = 64 * 1024 }
                timeouts {
                    flush = 500.milliseconds
                    request = 500.milliseconds
                    drain = 500.milliseconds
                }
            }
            nats.connect()
            val ended = AtomicInteger()
            val callers = List(20) { number ->
                launch {
                    while (isActive) {
                        val call = measureTime {
                            try {
                                when (number % 4) {
                                    0 -> nats.flush()
                                    1 -> nats.request("nobody.$number")
                                    2 -> nats.ping()
                                    else -> nats.subscribe("drained").drain()
                                }
                            } catch (e: ConnectionClosedException) {
                                return@launch
                            } catch (e: dev.midge.nats.NatsException) {
                                // Lost, or timed out: not hung.
                            }
                        }
                        // Half a second is its limit; the rest is for a busy machine.
                        call shouldBeLessThan 2.seconds
                        // While disconnected there is nothing to drain, at once and without end.
                        if (number % 4 != 3) ended.incrementAndGet()
                    }
                }
            }
            val publisher = launch { while (isActive) nats.publish("load", ByteArray(5_000)) }
            repeat(rounds(9, 200)) { round ->
                until { runCatching { nats.ping() }.isSuccess }
                val before = ended.get()
                when (round % 3) {
                    0 -> proxy.resetConnections()
                    1 -> proxy.closeConnections()
                    else -> proxy.pause()
                }
                until { ended.get() > before + 15 }
                proxy.heal()
            }
            // Joined: a publish that is under way when the connection closes ends with an error.
            publisher.cancelAndJoin()
            nats.close()
            callers.forEach { it.join() }
            ended.get() shouldBeGreaterThan 135
        }
    })
