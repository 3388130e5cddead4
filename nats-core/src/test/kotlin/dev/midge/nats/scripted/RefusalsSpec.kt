package dev.midge.nats.scripted

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.Overflow
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.SubscriptionRefusedException
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.internal.connection.awaitRefused
import dev.midge.nats.promises.EventLog
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.milliseconds

private class Refusing(val nats: NatsConnection, val network: ScriptedNetwork, val events: EventLog, private val scope: CoroutineScope) {
    suspend fun accept(limit: Int): Pair<ScriptedServer, LimitedServer> {
        val server = network.accept()
        server.letIn()
        return server to LimitedServer(server, limit).also { it.serve(scope) }
    }

    /** Returns when the client knows what the server has refused of all that was subscribed until now. */
    suspend fun settle() {
        nats.flush()
        nats.supervisor.awaitRefused()
    }
}

private suspend fun refusing(
    limit: Int,
    configure: NatsOptions.Builder.() -> Unit = {},
    test: suspend CoroutineScope.(Refusing, ScriptedServer, LimitedServer) -> Unit,
) = coroutineScope {
    val network = ScriptedNetwork()
    val nats = network.connection {
        reconnect = ReconnectOptions {
            wait = 5.milliseconds
            jitter = 0.milliseconds
        }
        timeouts { close = 20.milliseconds }
        configure()
    }
    val events = EventLog()
    launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(events::add) }
    launch { nats.connect() }
    val fixture = Refusing(nats, network, events, this)
    val (server, limited) = fixture.accept(limit)
    nats.connect()
    try {
        test(fixture, server, limited)
    } finally {
        nats.close()
        coroutineContext.job.cancelChildren()
    }
}

class RefusalsSpec :
    FunSpec({
        test("only the subscriptions that the server has no room for end, and those before them are not touched") {
            refusing(limit = 3) { fixture, _, limited ->
                val taken = List(3) { fixture.nats.subscribe("taken.$it") }
                val refused = List(4) { fixture.nats.subscribe("refused.$it") }
                for (subscription in refused) {
                    val failure = shouldThrow<SubscriptionRefusedException> { subscription.toList() }
                    failure.subject shouldBe subscription.subject.value
                    failure.error shouldBe "maximum subscriptions exceeded"
                }
                fixture.settle()
                taken.all { it.isActive } shouldBe true
                limited.known.keys shouldBe taken.mapTo(HashSet()) { it.sid }
                taken.forEach { one -> limited.lines.filter { it == "UNSUB ${one.sid}" }.shouldBeEmpty() }
                fixture.nats.stats().subscriptions shouldBe 3
            }
        }

        test("who came between two that were refused, because another one had left, is found to be known") {
            refusing(limit = 2) { fixture, _, limited ->
                val left = fixture.nats.subscribe("left")
                val first = fixture.nats.subscribe("first")
                val refused = fixture.nats.subscribe("refused")
                left.unsubscribe()
                val last = fixture.nats.subscribe("last")
                shouldThrow<SubscriptionRefusedException> { refused.toList() }
                fixture.settle()
                limited.known.keys shouldBe setOf(first.sid, last.sid)
                fixture.nats.publish("last", ByteArray(2))
                last.first().text() shouldBe "ok"
            }
        }

        test("a subscription lives if there is room by the time it is asked about") {
            refusing(limit = 1) { fixture, _, limited ->
                fixture.nats.subscribe("taken")
                fixture.nats.flush()
                // Behind the refusal, and ahead of the question.
                val first = CompletableDeferred<Unit>()
                launch(start = CoroutineStart.UNDISPATCHED) {
                    fixture.events.next<NatsEvent.ServerError>()
                    limited.limit = 2
                    first.complete(Unit)
                }
                val second = fixture.nats.subscribe("second")
                first.await()
                fixture.settle()
                // Either way client and server agree.
                limited.known.containsKey(second.sid) shouldBe second.isActive
            }
        }

        test("what the next server has no room for ends, and tells it, whatever kind it is") {
            refusing(limit = 1_000) { fixture, server, _ ->
                val taken = List(100) { fixture.nats.subscribe("taken.$it") }
                val flows = List(600) { fixture.nats.subscribe("refused.$it") }
                val handled = fixture.nats.subscribe("handled") {}
                val inline = fixture.nats.subscribeInline("inline") {}
                fixture.nats.flush()
                server.hangUp()
                val (_, next) = fixture.accept(limit = 100)
                fixture.events.next<NatsEvent.Reconnected>()
                val ended = List(602) { fixture.events.next<NatsEvent.SubscriptionEnded>() }
                ended.mapTo(HashSet()) { it.sid } shouldBe (flows + handled + inline).mapTo(HashSet()) { it.sid }
                ended.forEach { it.cause.shouldBeInstanceOf<SubscriptionRefusedException>() }
                (flows + handled + inline).none { it.isActive } shouldBe true
                taken.all { it.isActive } shouldBe true
                fixture.settle()
                next.known.keys shouldBe taken.mapTo(HashSet()) { it.sid }
                taken.forEach { one -> next.lines.filter { it == "UNSUB ${one.sid}" }.shouldBeEmpty() }
            }
        }

        test("a server that has ended a subscription is believed by its id, and one with too many tokens in whatever group it is") {
            refusing(limit = 100) { fixture, server, _ ->
                val stays = fixture.nats.subscribe("a")
                val ended = fixture.nats.subscribe("a", "group")
                val tokens = fixture.nats.subscribe("a.b.c.d", "group")
                fixture.nats.flush()
                server.send("-ERR 'Permissions Violation for Subscription to \"a\" (sid \"${ended.sid}\")'\r\n")
                shouldThrow<PermissionViolationException> { ended.toList() }.queueGroup shouldBe "group"
                server.send("-ERR 'Permissions Violation for Subscription to \"a.b.c.d\", too many tokens'\r\n")
                shouldThrow<PermissionViolationException> { tokens.toList() }.queueGroup shouldBe "group"
                stays.isActive shouldBe true
            }
        }

        test("an error about no subscription that could be meant is looked into no further") {
            refusing(limit = 100) { fixture, server, limited ->
                fixture.nats.subscribe("a")
                fixture.nats.flush()
                server.send("-ERR 'maximum subscriptions exceeded'\r\n")
                fixture.events.next<NatsEvent.ServerError>()
                fixture.nats.flush()
                limited.lines.count { it == "PING" } shouldBe 2
            }
        }

        test("a limited subscription that was asked about still ends with its last message") {
            refusing(limit = 2) { fixture, _, limited ->
                val left = fixture.nats.subscribe("left")
                val counted = fixture.nats.subscribe("a")
                val refused = fixture.nats.subscribe("refused")
                left.unsubscribe()
                val limitedTo = fixture.nats.subscribe("limited")
                limitedTo.unsubscribe(afterMessages = 2)
                shouldThrow<SubscriptionRefusedException> { refused.toList() }
                fixture.settle()
                repeat(3) { fixture.nats.publish("limited", ByteArray(2)) }
                limitedTo.toList().size shouldBe 2
                fixture.nats.flush()
                limited.known.keys shouldBe setOf(counted.sid)
            }
        }

        test("a handler that runs over ends with an event that says so") {
            refusing(limit = 100) { fixture, server, _ ->
                val begun = CompletableDeferred<Unit>()
                val goOn = CompletableDeferred<Unit>()
                val handled = fixture.nats.subscribe("a", overflow = Overflow.Fail(messages = 1)) {
                    begun.complete(Unit)
                    goOn.await()
                }
                server.send("MSG a ${handled.sid} 2\r\nok\r\n")
                begun.await()
                repeat(3) { server.send("MSG a ${handled.sid} 2\r\nok\r\n") }
                val ended = fixture.events.next<NatsEvent.SubscriptionEnded>()
                ended.sid shouldBe handled.sid
                ended.subject shouldBe "a"
                ended.cause.shouldBeInstanceOf<NatsException>()
                goOn.complete(Unit)
            }
        }
    })
