package dev.midge.nats.behaviour

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsEvent
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import kotlin.time.Duration

private val locked = ServerSettings(user = "app", password = "s3cret")
private val tokenOnly = ServerSettings(token = "t0ken")

/** Connecting, authenticating and ending, whatever the server. */
fun FunSpecRootScope.connectionBehaviour(servers: Servers) {
    behaviour("connects lazily, once for concurrent first operations", servers) {
        val nats = connection()
        nats.state.value shouldBe ConnectionState.Idle
        nats.serverInfo.value shouldBe null
        coroutineScope { List(16) { async { nats.publish("lazy.$it") } }.awaitAll() }
        nats.state.value shouldBe ConnectionState.Connected
        nats.stats().connects shouldBe 1
        nats.stats().sentMessages shouldBe 16
    }

    behaviour("knows what the server says of itself", servers) {
        val nats = connection { name = "the one" }
        nats.connect()
        val info = nats.serverInfo.value!!
        info.headers shouldBe true
        info.maxPayload shouldBe 1_048_576
        info.protocol shouldBe 1
        info.version shouldNotBe ""
        info.serverId shouldNotBe ""
    }

    behaviour("awaitClosed returns when the connection has ended, also if it had before", servers) {
        val nats = connection()
        nats.connect()
        coroutineScope {
            val ended = async(start = CoroutineStart.UNDISPATCHED) { nats.awaitClosed() }
            nats.flush()
            ended.isCompleted shouldBe false
            nats.drain()
            ended.await()
        }
        nats.awaitClosed()
    }

    behaviour("measures a round trip", servers) {
        val nats = connection()
        (nats.ping() > Duration.ZERO) shouldBe true
    }

    behaviour("counts what goes out and comes in", servers) {
        val nats = connection()
        val subscription = nats.subscribe("counted")
        repeat(10) { nats.publish("counted", ByteArray(100)) }
        nats.flush()
        // The PONG may come before the writer has noted that its last batch was taken.
        while (nats.stats().pendingBytes > 0) yield()
        val stats = nats.stats()
        stats.sentMessages shouldBe 10
        stats.receivedMessages shouldBe 10
        stats.subscriptions shouldBe 1
        // SUB counted 2, ten times PUB counted 100 with its payload, PING.
        stats.sentBytes shouldBe "SUB counted 2\r\n".length + 10L * ("PUB counted 100\r\n".length + 102) + "PING\r\n".length
        subscription.pendingMessages shouldBe 10
        subscription.pendingBytes shouldBe 1_000
    }

    behaviour("is let in with user and password, from options or URL", servers, locked) {
        val byOptions = connection { auth = NatsAuth.UserPassword("app", "s3cret") }
        byOptions.flush()
        val byUrl = connection { this.servers = urlWith("app:s3cret") }
        byUrl.flush()
        byUrl.toString() shouldNotContain "s3cret"
        byOptions.options.toString() shouldNotContain "s3cret"
    }

    behaviour("is let in with a token", servers, tokenOnly) {
        connection { auth = NatsAuth.Token("t0ken") }.flush()
    }

    behaviour("a wrong password, a wrong token and no credentials are authentication errors", servers, locked) {
        for (wrong in listOf(NatsAuth.UserPassword("app", "wrong"), NatsAuth.Token("wrong"), NatsAuth.None)) {
            val nats = connection { auth = wrong }
            shouldThrow<AuthenticationException> { nats.connect() }.message shouldNotContain "wrong'"
            nats.state.value shouldBe ConnectionState.Idle
        }
    }

    behaviour("closing completes the Flows and refuses what comes later", servers) {
        val nats = connection()
        val subscription = nats.subscribe("closing")
        nats.publish("closing", "1".encodeToByteArray())
        nats.flush()
        nats.close()
        nats.close()
        nats.state.value shouldBe ConnectionState.Closed
        subscription.toList() shouldHaveSize 1
        shouldThrow<ConnectionClosedException> { nats.publish("closing") }
        shouldThrow<ConnectionClosedException> { nats.subscribe("closing") }
        shouldThrow<ConnectionClosedException> { nats.request("closing") }
        shouldThrow<ConnectionClosedException> { nats.flush() }
        shouldThrow<ConnectionClosedException> { nats.connect() }
    }

    behaviour("closing before the first operation refuses all later ones", servers) {
        val nats = connection()
        nats.close()
        shouldThrow<ConnectionClosedException> { nats.publish("never") }
        nats.stats().connects shouldBe 0
    }

    behaviour("tells its life as events, in order", servers) {
        val nats = connection()
        val events = ArrayList<NatsEvent>()
        coroutineScope {
            val closed = CompletableDeferred<Unit>()
            val collector = launch(start = CoroutineStart.UNDISPATCHED) {
                nats.events.collect {
                    events += it
                    if (it is NatsEvent.Closed) closed.complete(Unit)
                }
            }
            nats.connect()
            nats.close()
            closed.await()
            collector.cancel()
        }
        events.map { it::class } shouldBe listOf(NatsEvent.Connected::class, NatsEvent.Closed::class)
    }

    behaviour("a drain that is cancelled before it has begun closes the connection", servers) {
        val nats = connection()
        nats.connect()
        coroutineScope {
            // On its way to another thread, as a caller without a dispatcher is, it would notice.
            launch(Dispatchers.Unconfined) {
                cancel()
                nats.drain()
            }.join()
        }
        nats.state.value shouldBe ConnectionState.Closed
    }

    behaviour("a draining connection refuses subscriptions and still publishes", servers) {
        val nats = connection()
        val handling = CompletableDeferred<Unit>()
        val release = CompletableDeferred<Unit>()
        nats.subscribe("work") {
            handling.complete(Unit)
            release.await()
        }
        nats.publish("work")
        handling.await()
        coroutineScope {
            val drain = launch(start = CoroutineStart.UNDISPATCHED) { nats.drain() }
            nats.state.value shouldBe ConnectionState.Draining
            shouldThrow<ConnectionDrainingException> { nats.subscribe("late") }
            nats.publish("still")
            release.complete(Unit)
            drain.join()
        }
        nats.state.value shouldBe ConnectionState.Closed
    }

    behaviour("a cancelled or throwing collector unsubscribes", servers) {
        val nats = connection()
        val subscription = nats.subscribe("thrown")
        nats.publish("thrown")
        shouldThrow<IllegalStateException> { subscription.collect { error("enough") } }.message shouldBe "enough"
        nats.stats().subscriptions shouldBe 0
        val cancelled = nats.subscribe("cancelled")
        coroutineScope {
            val collector = launch(start = CoroutineStart.UNDISPATCHED) { cancelled.collect {} }
            collector.cancel()
        }
        nats.stats().subscriptions shouldBe 0
        cancelled.isActive shouldBe false
    }

    behaviour("a subscription is collected once", servers) {
        val nats = connection()
        val subscription = nats.subscribe("once")
        subscription.unsubscribe()
        subscription.toList().shouldBeEmpty()
        shouldThrow<IllegalStateException> { subscription.toList() }
    }
}
