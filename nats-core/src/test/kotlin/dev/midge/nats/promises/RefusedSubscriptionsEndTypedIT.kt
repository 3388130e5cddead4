package dev.midge.nats.promises

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import dev.midge.nats.SubscriptionRefusedException
import dev.midge.nats.pool.pool
import dev.midge.nats.shards.shards
import dev.midge.nats.shards.subjectIn
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

private val bound = 250.milliseconds
private val soon = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

private fun limit(subscriptions: Int) = "max_subscriptions: $subscriptions\n"

private fun users(denied: String) =
    """authorization { users: [ { user: u, password: p, permissions: { subscribe: { deny: [$denied] } } } ] }"""

class RefusedSubscriptionsEndTypedIT :
    FunSpec({
        for (version in serverVersions) {
            promise("a subscription over the limit fails in time, nothing else does, and there is room again, on nats-server $version") {
                val nats = connection(server(version) { config = limit(2) }.url)
                val events = eventsOf(nats)
                val first = nats.subscribe("first")
                val handled = Channel<NatsMessage>(Channel.UNLIMITED)
                val second = nats.subscribe("second") { handled.send(it) }
                val took = measureTime { shouldThrow<SubscriptionRefusedException> { nats.subscribe("third").toList() } }
                took shouldBeLessThanOrEqualTo bound
                figure("RefusedSubscriptionsEndTyped $version: a subscription over the limit failed after $took")
                // A handler has nobody to throw to.
                val refused = nats.subscribe("fourth") { handled.send(it) }
                while (events.next<NatsEvent.SubscriptionEnded>().sid != refused.sid) continue
                refused.isActive shouldBe false

                nats.publish("first", "on".encodeToByteArray())
                nats.publish("second", "on".encodeToByteArray())
                handled.receive().subject shouldBe "second"
                first.first().text() shouldBe "on"
                // That one has left: whoever comes now does not join what was refused.
                nats.subscribe("fourth") { handled.send(it) }
                nats.flush()
                nats.publish("fourth")
                handled.receive().subject shouldBe "fourth"
                second.isActive shouldBe true
            }

            promise(
                "requests fail at once when there is no room for their inbox, and are answered when there is, on nats-server $version",
            ) {
                val server = server(version) { config = limit(1) }
                val responder = connection(server.url)
                responder.respond("echo") { it.payload }
                responder.flush()
                val nats = connection(server.url)
                val only = nats.subscribe("only")
                repeat(3) {
                    val took = measureTime { shouldThrow<SubscriptionRefusedException> { nats.request("echo", timeout = 30.seconds) } }
                    took shouldBeLessThanOrEqualTo bound
                }
                only.isActive shouldBe true
                only.unsubscribe()
                nats.request("echo", "on".encodeToByteArray()).text() shouldBe "on"
            }

            promise("what the next server has no room for ends, and the rest goes on, on nats-server $version") {
                val first = server(version)
                val next = server(version) { config = limit(2) }
                val other = connection(next.url)
                other.respond("echo") { it.payload }
                other.flush()
                val nats = connection("${first.url},${next.url}") {
                    randomizeServers = false
                    reconnect = soon
                }
                val events = eventsOf(nats)
                val stays = List(2) { nats.subscribe("stays.$it") }
                val flow = nats.subscribe("flow")
                val handled = nats.subscribe("handled") {}
                // The inbox is subscribed last, under an id from the beginning.
                shouldThrow<Exception> { nats.request("nobody") }
                nats.flush()
                first.kill()
                events.next<NatsEvent.Reconnected>()
                shouldThrow<SubscriptionRefusedException> { flow.toList() }
                until { !handled.isActive }
                events.next<NatsEvent.SubscriptionEnded>()
                // One of the two lost its place to the inbox, whose id is older.
                until { stays.count { it.isActive } == 1 }
                nats.request("echo", "on".encodeToByteArray()).text() shouldBe "on"
                other.publish("stays.0", "on".encodeToByteArray())
                stays[0].first().text() shouldBe "on"
            }

            promise("a pool does not confirm what was refused, on nats-server $version") {
                val server = server(version) { config = limit(1) }
                val nats = pool(server.url, server.url)
                val taken = List(2) { nats.subscribe("taken.$it") }
                repeat(2) { shouldThrow<SubscriptionRefusedException> { nats.subscribe("refused") } }
                repeat(2) { shouldThrow<SubscriptionRefusedException> { nats.subscribe("refused") {} } }
                repeat(2) { shouldThrow<SubscriptionRefusedException> { nats.respond("refused") { it.payload } } }
                taken.forEachIndexed { i, subscription ->
                    nats.publish("taken.$i", "on".encodeToByteArray())
                    subscription.first().text() shouldBe "on"
                }
                nats.subscribe("room")
            }

            promise("a wildcard that one shard refuses is not subscribed in the others alone, on nats-server $version") {
                for (size in listOf(1, 2)) {
                    val servers = listOf(server(version), server(version), server(version) { config = limit(1) })
                    val nats = shards(servers.map { it.url }, poolSize = size)
                    repeat(size) { nats.subscribe(nats.subjectIn(nats.shards[2], number = it)) }
                    nats.flush()
                    shouldThrow<SubscriptionRefusedException> { nats.subscribe("all.>").toList() }
                    val ended = runCatching { nats.subscribe("all.>") {} }
                    ended.onFailure { it.shouldBeInstanceOf<SubscriptionRefusedException>() }
                    ended.onSuccess { until { !it.isActive } }
                    nats.flush()
                    nats.shards.take(2).forEach { shard -> until { shard.pool.stats().subscriptions == 0 } }
                }
            }

            promise("too many tokens, and permissions that are taken back, end queue groups as well, on nats-server $version") {
                val server = server(version) { config = "max_sub_tokens: 3\n" + users("\"nothing\"") }
                val nats = connection(server.url) { auth = NatsAuth.UserPassword("u", "p") }
                val events = eventsOf(nats)
                val stays = nats.subscribe("stays", "group")
                shouldThrow<PermissionViolationException> { nats.subscribe("a.b.c.d", "group").toList() }.queueGroup shouldBe "group"
                val plain = nats.subscribe("taken")
                val grouped = nats.subscribe("taken", "group")
                nats.flush()
                server.reload("max_sub_tokens: 3\n" + users("\"taken\""))
                shouldThrow<PermissionViolationException> { plain.toList() }
                shouldThrow<PermissionViolationException> { grouped.toList() }.queueGroup shouldBe "group"
                events.next<NatsEvent.SubscriptionEnded>()
                nats.publish(Subject("stays"), "on".encodeToByteArray())
                stays.first().text() shouldBe "on"
                nats.stats().connects shouldBe 1
            }
        }
    })
