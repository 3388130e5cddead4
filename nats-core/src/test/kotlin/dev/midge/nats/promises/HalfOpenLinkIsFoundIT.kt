package dev.midge.nats.promises

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsEvent
import dev.midge.nats.Overflow
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.FaultProxy.Direction
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

private val interval = 150.milliseconds
private const val OUTSTANDING = 2

/** What the promise says: all PINGs that may be outstanding and one interval more. */
private val bound: Duration = interval * (OUTSTANDING + 1) + 500.milliseconds

private val pinging = TimeoutOptions {
    pingInterval = interval
    maxPingsOutstanding = OUTSTANDING
}
private val atOnce = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

private enum class Hole(val block: (FaultProxy) -> Unit) {
    BothWays({ it.blackHole() }),
    ToTheServer({ it.blackHole(Direction.CLIENT_TO_SERVER) }),
    ToTheClient({ it.blackHole(Direction.SERVER_TO_CLIENT) }),
    Stalled({ it.pause() }),
}

class HalfOpenLinkIsFoundIT :
    FunSpec({
        context("a link that is dead without a word is found in time, idle or publishing, each time anew").config(timeout = longRun) {
            withTests(Hole.entries.flatMap { hole -> listOf(hole to false, hole to true) }) { (hole, publishing) ->
                promiseScope {
                    val server = server()
                    val proxy = proxy(server.port)
                    val nats = connection(proxy.url) {
                        timeouts = pinging
                        reconnect = atOnce
                    }
                    nats.connect()
                    val events = eventsOf(nats)
                    val publisher = launch { while (publishing && isActive) nats.publish("load", ByteArray(1_000)) }
                    var longest = Duration.ZERO
                    // More than once: a watchdog that has bitten has to be there again.
                    repeat(rounds(2, 20)) {
                        val start = TimeSource.Monotonic.markNow()
                        hole.block(proxy)
                        val disconnected = events.nextSeen { it is NatsEvent.Disconnected }
                        val found = disconnected.at - start
                        longest = maxOf(longest, found)
                        found shouldBeLessThanOrEqualTo bound
                        // Not earlier than its PINGs can have told.
                        found shouldBeGreaterThan interval * (OUTSTANDING - 1)
                        (disconnected.event as NatsEvent.Disconnected).cause.shouldBeInstanceOf<ConnectionLostException>()
                        proxy.closeConnections()
                        proxy.heal()
                        events.next<NatsEvent.Reconnected>()
                        nats.flush()
                    }
                    publisher.cancel()
                    figure("HalfOpenLinkIsFound, $hole, ${if (publishing) "publishing" else "idle"}: at most $longest of $bound")
                }
            }
        }

        promise("a server that is frozen is found like a dead network") {
            val server = server()
            val nats = connection(server.url) {
                timeouts = pinging
                reconnect = atOnce
            }
            nats.connect()
            val events = eventsOf(nats)
            val start = TimeSource.Monotonic.markNow()
            server.pause()
            try {
                (events.nextSeen { it is NatsEvent.Disconnected }.at - start) shouldBeLessThanOrEqualTo bound
            } finally {
                server.resume()
            }
            events.next<NatsEvent.Reconnected>()
            nats.flush()
        }

        promise("a link that is only slow is not given up") {
            val server = server()
            val proxy = proxy(server.port)
            val patient = TimeoutOptions {
                pingInterval = 1.seconds
                maxPingsOutstanding = OUTSTANDING
            }
            val nats = connection(proxy.url) { timeouts = patient }
            nats.connect()
            // Each PONG comes after the next PING, and before one more than may wait for theirs.
            proxy.delay(java.time.Duration.ofMillis(600))
            val publisher = launch { while (true) nats.publish("load", ByteArray(100)).also { delay(1.milliseconds) } }
            repeat(5) { nats.ping() }
            publisher.cancel()
            nats.stats().connects shouldBe 1
        }

        promise("a subscriber that holds the reader is no dead link") {
            val server = server()
            val nats = connection(server.url) { timeouts = pinging }
            val held = nats.subscribe("held", overflow = Overflow.Suspend(messages = 1))
            nats.flush()
            repeat(10) { nats.publish("held") }
            // The time that a dead link is found in, twice over.
            delay(bound * 2)
            nats.state.value shouldBe ConnectionState.Connected
            nats.stats().connects shouldBe 1
            held.first()
        }
    })
