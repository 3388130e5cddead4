package dev.midge.nats.kv

import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.nats.client.Connection
import io.nats.client.JetStreamApiException
import io.nats.client.Nats
import io.nats.client.api.KeyValueConfiguration
import io.nats.client.api.KeyValueEntry
import io.nats.client.api.KeyValueOperation
import io.nats.client.api.KeyValueWatcher
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.toSet
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

private suspend fun JetStreamScope.withPeer(test: suspend (Connection) -> Unit) = Nats.connect(server.url).use { test(it) }

private fun JetStreamScope.theirConfig() = KeyValueConfiguration.builder(name).maxHistoryPerKey(5).ttl(Duration.ofHours(1))

private class Recorder : KeyValueWatcher {
    val seen = ConcurrentLinkedQueue<String>()

    override fun watch(entry: KeyValueEntry) {
        seen += when (entry.operation) {
            KeyValueOperation.PUT -> "${entry.key}=${entry.valueAsString}"
            KeyValueOperation.DELETE -> "${entry.key} deleted"
            else -> "${entry.key} purged"
        }
    }

    override fun endOfData() {
        seen += "caught up"
    }
}

class KeyValueInteropIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a bucket of the official client is read, changed, watched and updated", version) {
                withPeer { peer ->
                    peer.keyValueManagement().create(theirConfig().description("theirs").build())
                    val theirs = peer.keyValue(name)
                    theirs.put("a", "1")
                    theirs.put("b", "2")
                    theirs.delete("b")
                    theirs.put("c", "3")
                    theirs.purge("c")
                    // The same bucket.
                    js.createKeyValue<String>(name) {
                        history = 5
                        timeToLive = 1.hours
                        description = "theirs"
                    }
                    val kv = js.keyValue<String>(name)
                    kv.get("a")?.value shouldBe "1"
                    kv.get("b") shouldBe null
                    kv.watch { history = true }.beginning().short() shouldContainExactly listOf("a=1", "b=2", "b deleted", "c purged")
                    kv.keys().toList() shouldContainExactly listOf("a")
                    kv.update("a", "4", revision = 1) shouldBe 6
                    kv.create("c", "5") shouldBe 7
                    theirs.get("a").valueAsString shouldBe "4"
                    theirs.get("c").revision shouldBe 7
                    shouldThrow<JetStreamApiException> { theirs.update("a", "x".encodeToByteArray(), 1) }
                    js.updateKeyValue(name) { description = "ours" }
                    theirs.status.run { Triple(description, maxHistoryPerKey, ttl) } shouldBe Triple("ours", 5L, Duration.ofHours(1))
                    js.keyValueNames().toSet() shouldContainAll peer.keyValueManagement().bucketNames
                }
            }

            jetStreamTest("a bucket of this client is read, changed, watched and updated by the official one", version) {
                val kv = bucket {
                    history = 5
                    timeToLive = 3600.seconds
                }
                withPeer { peer ->
                    // The same configuration, as they write it.
                    peer.keyValueManagement().create(theirConfig().build())
                    val theirs = peer.keyValue(name)
                    kv.put("a", "1")
                    kv.put("b", "2")
                    kv.delete("b")
                    kv.put("c", "3")
                    kv.purge("c")
                    theirs.get("a").valueAsString shouldBe "1"
                    theirs.get("b") shouldBe null
                    theirs.keys() shouldContainExactly listOf("a")
                    theirs.history("b").map { it.operation } shouldContainExactly listOf(KeyValueOperation.PUT, KeyValueOperation.DELETE)
                    theirs.history("c").map { it.operation } shouldContainExactly listOf(KeyValueOperation.PURGE)
                    val recorder = Recorder()
                    theirs.watchAll(recorder).use {
                        until { recorder.seen.size == 4 }
                        kv.compareAndSet("a") { "$it!" }
                        until { recorder.seen.size == 5 }
                    }
                    recorder.seen.toList() shouldContainExactly listOf("a=1", "b deleted", "c purged", "caught up", "a=1!")
                    theirs.create("b", "again".encodeToByteArray()) shouldBe 7
                    shouldThrow<KeyExistsException> { kv.create("b", "x") }.revision shouldBe 7
                    val changed = KeyValueConfiguration.builder(theirs.status.configuration).description("theirs").build()
                    peer.keyValueManagement().update(changed)
                    kv.status().config.description shouldBe "theirs"
                    kv.status().config.history shouldBe 5
                }
            }
        }
    })
