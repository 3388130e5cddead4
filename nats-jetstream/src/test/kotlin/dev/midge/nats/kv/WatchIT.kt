package dev.midge.nats.kv

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

/** A collector in its own coroutine, whose events are taken one by one. */
private class Watch<T>(scope: CoroutineScope, flow: Flow<KeyValueEvent<T>>) {
    val events = Channel<KeyValueEvent<T>>(Channel.UNLIMITED)
    private val job = scope.launch { flow.collect(events::send) }

    suspend fun next(): String = events.receive().short()

    suspend fun next(count: Int): List<String> = List(count) { next() }

    suspend fun stop() = job.cancelAndJoin()
}

private suspend fun <T> JetStreamScope.watching(flow: Flow<KeyValueEvent<T>>, test: suspend Watch<T>.() -> Unit) = coroutineScope {
    val watch = Watch(this, flow)
    watch.test()
    watch.stop()
    // Nothing more was told, and nothing is left.
    watch.events.tryReceive().getOrNull()?.short() shouldBe null
    until { consumers().isEmpty() }
    nats.stats().subscriptions shouldBe 1
}

private suspend fun JetStreamScope.consumers(): List<NatsConsumer> = js.stream("KV_$name").run { consumerNames().toList().map(::consumer) }

/** Much more keys than are under way at once. */
private const val MANY = 1_500

private suspend fun fill(kv: KeyValue<String>) = coroutineScope { repeat(MANY) { launch { kv.put("k$it", "x") } } }

class WatchIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a watch shows the last value of each key, says that this is all, and goes on", version) {
                val kv = bucket { history = 3 }
                kv.put("a", "1")
                kv.put("b", "2")
                kv.put("a", "3")
                kv.delete("b")
                watching(kv.watch()) {
                    next(3) shouldContainExactly listOf("a=3", "b deleted", "caught up")
                    kv.put("c", "4")
                    kv.purge("a")
                    next(2) shouldContainExactly listOf("c=4", "a purged")
                }
            }

            jetStreamTest("a watch of an empty bucket says at once that this is all", version) {
                val kv = bucket()
                watching(kv.watch()) {
                    next() shouldBe "caught up"
                    kv.put("a", "1")
                    next() shouldBe "a=1"
                }
                // Neither does one whose filter nothing matches wait.
                watching(kv.watch("b.>")) { next() shouldBe "caught up" }
            }

            jetStreamTest("a watch begins where it is told to", version) {
                val kv = bucket { history = 3 }
                listOf("1", "2", "3").forEach { kv.put("a", it) }
                kv.put("b", "4")
                watching(kv.watch { history = true }) { next(5) shouldContainExactly listOf("a=1", "a=2", "a=3", "b=4", "caught up") }
                watching(kv.watch { startRevision = 3 }) { next(3) shouldContainExactly listOf("a=3", "b=4", "caught up") }
                watching(kv.watch { updatesOnly = true }) {
                    next() shouldBe "caught up"
                    kv.put("a", "5")
                    next() shouldBe "a=5"
                }
                watching(kv.watch("a")) { next(2) shouldContainExactly listOf("a=5", "caught up") }
            }

            jetStreamTest("what is left out of a watch counts for its beginning", version) {
                val kv = bucket()
                listOf("a", "b").forEach { kv.put(it, "1") }
                kv.delete("b")
                watching(kv.watch { ignoreDeletes = true }) {
                    next(2) shouldContainExactly listOf("a=1", "caught up")
                    kv.delete("a")
                    kv.put("c", "2")
                    next() shouldBe "c=2"
                }
                listOf("a", "c").forEach { kv.delete(it) }
                watching(kv.watch { ignoreDeletes = true }) { next() shouldBe "caught up" }
            }

            jetStreamTest("a watch of keys has their sizes, not their values", version) {
                val kv = bucket()
                kv.put("a", "12345")
                kv.delete("b")
                watching(kv.watchKeys()) {
                    next(3) shouldContainExactly listOf("a=5", "b deleted", "caught up")
                }
            }

            jetStreamTest("several filters are watched together, or refused by name", version) {
                val kv = bucket()
                listOf("a.1", "b.1", "c.1").forEach { kv.put(it, "x") }
                if (version == "2.9.10") {
                    shouldThrow<FeatureNotSupportedException> { kv.watch("a.*", "b.*").beginning() }
                } else {
                    watching(kv.watch("a.*", "b.*")) {
                        next(3) shouldContainExactly listOf("a.1=x", "b.1=x", "caught up")
                        kv.put("c.1", "y")
                        kv.put("b.2", "y")
                        next() shouldBe "b.2=y"
                    }
                    watching(kv.watch("d.*", "e.*")) { next() shouldBe "caught up" }
                    shouldThrow<JetStreamApiException> { kv.watch("a.*", "a.>").beginning() }
                }
            }

            jetStreamTest("a watch whose keys go away meanwhile still comes to the end of its beginning", version) {
                val kv = bucket()
                // More than are under way at once.
                val big = "x".repeat(64 * 1024)
                repeat(300) { kv.put("k$it", big) }
                coroutineScope {
                    val isSlow = Channel<Unit>()
                    val seen = ArrayList<String>()
                    val watch = launch {
                        kv.watch().collect { event ->
                            if (seen.isEmpty()) isSlow.receive()
                            seen += if (event is KeyValueEvent.Put) event.key else event.short()
                        }
                    }
                    until { consumers().isNotEmpty() }
                    js.stream("KV_$name").purge()
                    isSlow.send(Unit)
                    until { seen.lastOrNull() == "caught up" }
                    seen.count { it == "caught up" } shouldBe 1
                    watch.cancelAndJoin()
                }
            }

            jetStreamTest("keys that begin anew show none that was deleted before", version) {
                val kv = bucket { history = 3 }
                fill(kv)
                kv.put("z", "1")
                kv.delete("z")
                var seen = 0
                kv.keys().collect { key ->
                    if (seen++ == 0) consumers().forEach { it.delete() }
                    key.first() shouldBe 'k'
                }
                seen shouldBe MANY
            }

            jetStreamTest("keys do not end short when the connection is closed meanwhile", version) {
                val kv = bucket()
                fill(kv)
                shouldThrow<ConnectionClosedException> { kv.keys().collect { nats.close() } }
            }

            jetStreamTest("a watch goes on when its consumer is deleted, says so, and misses nothing", version) {
                val kv = bucket { history = 10 }
                kv.put("a", "1")
                watching(kv.watch()) {
                    next(2) shouldContainExactly listOf("a=1", "caught up")
                    consumers().forEach { it.delete() }
                    kv.put("a", "2")
                    kv.put("b", "3")
                    next(3) shouldContainExactly listOf("resumed", "a=2", "b=3")
                }
            }

            jetStreamTest("each collector watches by itself, and ends when the bucket is gone", version) {
                val kv = bucket()
                kv.put("a", "1")
                val flow = kv.watch()
                flow.beginning().short() shouldContainExactly listOf("a=1")
                flow.beginning().short() shouldContainExactly listOf("a=1")
                shouldThrow<BucketNotFoundException> {
                    flow.collect { if (it === KeyValueEvent.CaughtUp) js.deleteKeyValue(name) }
                }.bucket shouldBe name
            }

            jetStreamTest("what a collector throws is its own", version) {
                val kv = bucket()
                shouldThrow<IllegalStateException> { kv.watch().collect { error("mine") } }.message shouldBe "mine"
                until { consumers().isEmpty() }
            }
        }

        for (version in serverVersions) {
            jetStreamTest("a watch under expiry comes to the end of its beginning, each time", version) {
                val kv = bucket { timeToLive = 1.seconds }
                repeat(30) { round ->
                    kv.put("k$round", "x")
                    kv.watch().beginning()
                }
                until { kv.status().values == 0L }
                kv.watch().beginning().size shouldBe 0
            }
        }
    })
