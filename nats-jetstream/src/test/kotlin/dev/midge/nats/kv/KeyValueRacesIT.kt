package dev.midge.nats.kv

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.chaos.chaos
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.fixtures.withOwnServer
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.FaultProxy
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

private const val WRITERS = 8

/** The promise is 1,000 each. */
private val increments = if (chaos) 1_000 else 60

/** The promise is 1,000. */
private val rounds = if (chaos) 1_000 else 60

/** The promise is 20. */
private val restarts = if (chaos) 20 else 3

private val limit: Duration = if (chaos) 5.minutes else 60.seconds

class KeyValueRacesIT :
    FunSpec({
        for (version in serverVersions) {
            test("no increment of $WRITERS writers is lost, on nats-server $version").config(timeout = limit) {
                withOwnServer(version) { server, nats ->
                    val kv = nats.jetStream().createKeyValue<Int>("counters")
                    val others = List(WRITERS - 1) { NatsConnection(server.url) }
                    try {
                        (others + nats).map { it.jetStream().keyValue<Int>("counters") }.map { writer ->
                            async { repeat(increments) { writer.compareAndSet("a") { (it ?: 0) + 1 } } }
                        }.awaitAll()
                    } finally {
                        others.forEach { it.close() }
                    }
                    kv.get("a", consistent = true)?.value shouldBe WRITERS * increments
                    kv.status().lastRevision shouldBe WRITERS * increments.toLong()
                }
            }

            test("one of many creates a key, also where it was deleted, on nats-server $version").config(timeout = limit) {
                withOwnServer(version) { _, nats ->
                    val kv = nats.jetStream().createKeyValue<String>("locks")
                    repeat(rounds) { round ->
                        when (round % 3) {
                            1 -> kv.delete("lock")
                            2 -> kv.purge("lock")
                            else -> Unit
                        }
                        val key = if (round % 3 == 0) "new.$round" else "lock"
                        val winners = List(WRITERS) { writer ->
                            async {
                                try {
                                    writer to kv.create(key, "$writer")
                                } catch (_: KeyExistsException) {
                                    null
                                }
                            }
                        }.awaitAll().filterNotNull()
                        val (writer, revision) = winners.single()
                        kv.get(key, consistent = true)?.let { it.value to it.revision } shouldBe ("$writer" to revision)
                    }
                }
            }

            test("who has created a key knows it though the answer was lost, on nats-server $version") {
                withOwnServer(version) { server, nats ->
                    val kv = nats.jetStream().createKeyValue<String>("locks")
                    FaultProxy.start(server.port).use { proxy ->
                        val proxied = NatsConnection(proxy.url) { reconnect = nats.options.reconnect }
                        try {
                            val through = proxied.jetStream { timeout = 30.seconds }.keyValue<String>("locks")
                            through.get("lock") shouldBe null
                            proxy.pause(FaultProxy.Direction.SERVER_TO_CLIENT)
                            val created = async { through.create("lock", "mine") }
                            until { kv.get("lock", consistent = true) != null }
                            proxy.resetConnections()
                            proxy.heal()
                            created.await() shouldBe 1
                            shouldThrow<KeyExistsException> { kv.create("lock", "mine") }.revision shouldBe 1
                            kv.status().values shouldBe 1
                        } finally {
                            proxied.close()
                        }
                    }
                }
            }

            test("a watch misses no last value over restarts of its server, on nats-server $version").config(timeout = limit) {
                withOwnServer(version) { server, nats -> watchOverRestarts(nats, server::kill, server::restart) }
            }
        }
    })

private suspend fun watchOverRestarts(nats: NatsConnection, kill: () -> Unit, restart: () -> Unit) = coroutineScope {
    val kv = nats.jetStream().createKeyValue<Int>("values") { history = 2 }
    val seen = ConcurrentHashMap<String, Int>()
    val caughtUp = AtomicInteger()
    val resumed = AtomicInteger()
    val watch = launch {
        kv.watch().collect { event ->
            when (event) {
                is KeyValueEvent.Put -> seen.merge(event.key, event.value, ::maxOf)
                is KeyValueEvent.CaughtUp -> caughtUp.incrementAndGet()
                is KeyValueEvent.Resumed -> resumed.incrementAndGet()
                else -> error("unexpected: $event")
            }
        }
    }
    until { caughtUp.get() == 1 }
    repeat(restarts) { round ->
        val written = HashMap<String, Int>()
        for (key in 0 until KEYS) put(kv, "k$key", round * 2, written)
        kill()
        restart()
        for (key in 0 until KEYS step 2) put(kv, "k$key", round * 2 + 1, written)
        until { written.all { (key, value) -> seen[key] == value } }
    }
    watch.cancelAndJoin()
    caughtUp.get() shouldBe 1
    resumed.get() shouldBeGreaterThan 0
    kv.keys().toList().size shouldBe KEYS
}

private const val KEYS = 20

/** Until the server takes it, which has just been started. */
private suspend fun put(kv: KeyValue<Int>, key: String, value: Int, written: HashMap<String, Int>) {
    until { runCatching { kv.put(key, value) }.isSuccess }
    written[key] = value
}
