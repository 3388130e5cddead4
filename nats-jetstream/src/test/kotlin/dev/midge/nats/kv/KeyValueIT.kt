package dev.midge.nats.kv

import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.serialization.TextCodec
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.toSet
import kotlinx.coroutines.launch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

private suspend fun <T : Any> KeyValue<T>.text(key: String) = get(key)?.value

class KeyValueIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a key has the value that was put last", version) {
                val kv = bucket()
                kv.get("a").shouldBeNull()
                kv.put("a", "1") shouldBe 1
                kv.put("b.c/d=e", "2") shouldBe 2
                kv.put("a", "3") shouldBe 3
                for (consistent in listOf(false, true)) {
                    kv.get("a", consistent).shouldNotBeNull().apply {
                        bucket shouldBe name
                        key shouldBe "a"
                        value shouldBe "3"
                        revision shouldBe 3
                    }
                    kv.get("b.c/d=e", consistent)?.value shouldBe "2"
                }
                kv.put("empty", "")
                kv.get("empty").shouldNotBeNull().value shouldBe ""
            }

            jetStreamTest("a value is read by its revision, if it is one of the key", version) {
                val kv = bucket { history = 3 }
                kv.put("a", "1")
                kv.put("a", "2")
                kv.put("b", "3")
                kv.delete("a")
                kv.get("a", revision = 1)?.value shouldBe "1"
                kv.get("a", revision = 2, consistent = true)?.value shouldBe "2"
                kv.get("a", revision = 3).shouldBeNull()
                kv.get("a", revision = 4).shouldBeNull()
                kv.get("a", revision = 9).shouldBeNull()
                shouldThrow<IllegalArgumentException> { kv.get("a", revision = 0) }
            }

            jetStreamTest("many values are read at once, without those that are not there", version) {
                val kv = bucket()
                (1..5).forEach { kv.put("k$it", "$it") }
                kv.delete("k2")
                kv.getAll(listOf("k5", "k2", "none", "k1", "k3", "k1")).toList().map { it.key to it.value } shouldContainExactly
                    listOf("k1" to "1", "k3" to "3", "k5" to "5")
                kv.getAll(emptyList()).toList().shouldBeEmpty()
            }

            jetStreamTest("a value that is written again while others of many are read is among them", version) {
                val kv = bucket()
                val keys = (1..1_100).map { "k$it" }
                keys.chunked(100).forEach { part -> coroutineScope { part.forEach { launch { kv.put(it, "1") } } } }
                var isFirst = true
                val found = kv.getAll(keys).onEach {
                    if (isFirst) kv.put("k1099", "2")
                    isFirst = false
                }.toList()
                found.map { it.key }.sorted() shouldContainExactly keys.sorted()
            }

            jetStreamTest("a key is created once, and again when it was deleted or purged", version) {
                val kv = bucket()
                kv.create("a", "1") shouldBe 1
                shouldThrow<KeyExistsException> { kv.create("a", "2") }.apply {
                    bucket shouldBe name
                    key shouldBe "a"
                    revision shouldBe 1
                }
                kv.delete("a") shouldBe 2
                kv.create("a", "3") shouldBe 3
                kv.purge("a") shouldBe 4
                kv.create("a", "5") shouldBe 5
                kv.text("a") shouldBe "5"
            }

            jetStreamTest("a key is changed only from the revision that is expected", version) {
                val kv = bucket()
                kv.put("a", "1")
                kv.put("other", "x")
                kv.update("a", "2", revision = 1) shouldBe 3
                shouldThrow<WrongRevisionException> { kv.update("a", "3", revision = 1) }.apply {
                    key shouldBe "a"
                    expected shouldBe 1
                    actual shouldBe 3
                }
                shouldThrow<WrongRevisionException> { kv.delete("a", revision = 1) }
                shouldThrow<WrongRevisionException> { kv.purge("a", revision = 1) }
                kv.text("a") shouldBe "2"
                kv.delete("a", revision = 3) shouldBe 4
                kv.update("a", "back", revision = 4) shouldBe 5
                kv.purge("a", revision = 5) shouldBe 6
                kv.get("a").shouldBeNull()
            }

            jetStreamTest("a value is changed by what it was, from nothing or after a deletion too", version) {
                val kv = js.createKeyValue<Int>(name)
                kv.compareAndSet("a") { (it ?: 0) + 1 } shouldBe 1
                kv.compareAndSet("a") { (it ?: 0) + 1 } shouldBe 2
                kv.delete("a")
                kv.compareAndSet("a") { (it ?: 10) + 1 } shouldBe 4
                kv.get("a")?.value shouldBe 11
                // Somebody is faster each time but the last.
                var calls = 0
                kv.compareAndSet("a") { old ->
                    if (++calls < 4) kv.put("a", calls * 100)
                    checkNotNull(old) + 1
                }
                calls shouldBe 4
                kv.get("a")?.value shouldBe 301
            }

            jetStreamTest("a history has all that is still there, in its order", version) {
                val kv = bucket { history = 3 }
                kv.history("a").toList().shouldBeEmpty()
                listOf("1", "2", "3").forEach { kv.put("a", it) }
                kv.delete("a")
                kv.put("b", "x")
                kv.history("a").toList().short() shouldContainExactly listOf("a=2", "a=3", "a deleted")
                kv.purge("a")
                kv.history("a").toList().short() shouldContainExactly listOf("a purged")
                shouldThrow<IllegalArgumentException> { kv.history("*") }
            }

            jetStreamTest("keys are those with a value, by any filter, each once", version) {
                val kv = bucket { history = 5 }
                kv.keys().toList().shouldBeEmpty()
                listOf("a", "b.x", "b.y", "b.y.z", "c").forEach { key -> repeat(2) { kv.put(key, "$it") } }
                kv.delete("a")
                kv.purge("c")
                kv.keys().toList() shouldContainExactly listOf("b.x", "b.y", "b.y.z")
                kv.keys("b.*").toList() shouldContainExactly listOf("b.x", "b.y")
                kv.keys("b.>").toSet() shouldBe setOf("b.x", "b.y", "b.y.z")
                kv.keys("a").toList().shouldBeEmpty()
                until { js.stream("KV_$name").consumerNames().toList().isEmpty() }
            }

            jetStreamTest("several filters are one watch, or refused by name", version) {
                val kv = bucket()
                listOf("a.1", "b.1", "c.1").forEach { kv.put(it, "x") }
                if (version == "2.9.10") {
                    shouldThrow<FeatureNotSupportedException> { kv.keys("a.*", "b.*").toList() }.neededVersion shouldBe "2.10"
                } else {
                    kv.keys("a.*", "b.*").toSet() shouldBe setOf("a.1", "b.1")
                    kv.keys("a.*", ">").toSet() shouldBe setOf("a.1", "b.1", "c.1")
                }
            }

            jetStreamTest("old markers are removed, and the history of younger ones", version) {
                val kv = bucket { history = 3 }
                listOf("a", "b", "c").forEach { key -> repeat(2) { kv.put(key, "$it") } }
                kv.delete("a")
                kv.purge("b")
                kv.purgeDeletes(1.hours) shouldBe 0
                // The history of what was deleted goes, its marker stays.
                kv.watch { history = true }.beginning().short() shouldContainExactly listOf("c=0", "c=1", "a deleted", "b purged")
                kv.purgeDeletes(Duration.ZERO) shouldBe 2
                kv.watch { history = true }.beginning().short() shouldContainExactly listOf("c=0", "c=1")
            }

            jetStreamTest("what is written while markers are removed stays", version) {
                val kv = bucket()
                val keys = List(200) { "k$it" }
                keys.forEach { kv.delete(it) }
                coroutineScope {
                    launch { kv.purgeDeletes(Duration.ZERO) }
                    keys.forEach { kv.put(it, "again") }
                }
                kv.keys().toSet() shouldBe keys.toSet()
            }

            jetStreamTest("values have types, and another handle has another one", version) {
                val ages = js.createKeyValue<Map<String, Int>>(name)
                ages.put("a", mapOf("joe" to 42))
                ages.get("a")?.value shouldBe mapOf("joe" to 42)
                js.keyValue(name).get("a")?.value?.decodeToString() shouldBe """{"joe":42}"""
                js.keyValue(name, TextCodec).get("a")?.value shouldBe """{"joe":42}"""
                js.keyValue(name).put("broken", "{".encodeToByteArray())
                shouldThrow<UndecodableEntryException> { ages.get("broken") }.apply {
                    bucket shouldBe name
                    key shouldBe "broken"
                    revision shouldBe 2
                }
                shouldThrow<UndecodableEntryException> { ages.getAll(listOf("a", "broken")).toList() }.key shouldBe "broken"
                ages.watch().beginning().short() shouldContainExactly listOf("a={joe=42}", "broken undecodable")
            }

            jetStreamTest("keys are called as their codec says, and one that it cannot decode is told", version) {
                val plain = bucket { history = 2 }
                val paths = js.keyValue<String>(name, KeyCodec.Path.then(KeyCodec.Base64))
                paths.put("/my files/a", "1")
                paths.put("/my files/b", "2")
                paths.create("/c", "3")
                paths.delete("/c")
                paths.keys("/my files/*").toList() shouldContainExactly listOf("/my files/a", "/my files/b")
                paths.get("/my files/b")?.key shouldBe "/my files/b"
                paths.getAll(listOf("/my files/a")).map { it.key to it.value }.toList() shouldContainExactly listOf("/my files/a" to "1")
                paths.history("/c").toList().short() shouldContainExactly listOf("/c=3", "/c deleted")
                plain.put("=", "x")
                shouldThrow<UndecodableEntryException> { paths.keys().toList() }.key shouldBe "="
                paths.watch { ignoreDeletes = true }.beginning().short() shouldContainExactly
                    listOf("/my files/a=1", "/my files/b=2", "= undecodable")
            }

            jetStreamTest("buckets are made, changed, listed and deleted", version) {
                val kv = bucket { history = 2 }
                bucket { history = 2 }
                shouldThrow<BucketExistsException> { bucket { history = 3 } }.bucket shouldBe name
                kv.put("a", "1")
                js.updateKeyValue(name) { description = "changed" }.config.history shouldBe 2
                js.createOrUpdateKeyValue(name) { history = 7 }.config.description shouldBe "changed"
                js.createOrUpdateKeyValue("${name}_new") { history = 7 }.bucket shouldBe "${name}_new"
                // What others have set stays.
                js.stream("KV_$name").update { maxMessages = 1_000 }
                js.updateKeyValue(name) { timeToLive = 60.seconds }.config.timeToLive shouldBe 60.seconds
                kv.status().streamInfo.config.maxMessages shouldBe 1_000
                kv.status().apply {
                    bucket shouldBe name
                    values shouldBe 1
                    lastRevision shouldBe 1
                    config.history shouldBe 7
                    streamInfo.config.name shouldBe "KV_$name"
                }
                js.keyValueNames().toList() shouldContain name
                js.keyValues().toList().map { it.bucket } shouldContain "${name}_new"
                js.deleteKeyValue(name)
                js.keyValueNames().toList().none { it == name } shouldBe true
            }

            jetStreamTest("what is not there is told by its name", version) {
                val kv = js.keyValue<String>(name)
                suspend fun gone(call: suspend () -> Unit) = shouldThrow<BucketNotFoundException> { call() }.bucket shouldBe name
                gone { kv.get("a") }
                gone { kv.put("a", "1") }
                gone { kv.keys().toList() }
                gone { kv.getAll(listOf("a")).toList() }
                gone { kv.watch().beginning() }
                gone { kv.status() }
                gone { kv.purgeDeletes() }
                gone { js.updateKeyValue(name) { history = 2 } }
                gone { js.deleteKeyValue(name) }
                bucket()
                kv.put("a", "1")
                kv.get("a")?.value shouldBe "1"
                js.deleteKeyValue(name)
                gone { kv.put("a", "1") }
                gone { kv.create("a", "1") }
                gone { kv.get("a", consistent = true) }
                gone { kv.get("a") }
                gone { kv.compareAndSet("a") { "1" } }
            }

            jetStreamTest("what the server is too old for is refused by name", version) {
                val isOld = version != "2.15.1"
                if (version == "2.9.10") {
                    shouldThrow<FeatureNotSupportedException> { bucket { compression = Compression.S2 } }.neededVersion shouldBe "2.10"
                    shouldThrow<FeatureNotSupportedException> { bucket { metadata = mapOf("a" to "b") } }
                }
                if (isOld) shouldThrow<FeatureNotSupportedException> { bucket { limitMarkerTtl = 1.seconds } }.neededVersion shouldBe "2.11"
                val kv = bucket()
                if (isOld) {
                    shouldThrow<FeatureNotSupportedException> { kv.create("a", "1", timeToLive = 1.seconds) }
                    shouldThrow<FeatureNotSupportedException> { kv.purge("a", timeToLive = 1.seconds) }
                } else {
                    shouldThrow<FeatureNotEnabledException> { kv.create("a", "1", timeToLive = 1.seconds) }.setting shouldBe "allow_msg_ttl"
                }
                kv.status().values shouldBe 0
            }

            jetStreamTest("a bucket with sources has their keys", version) {
                val kv = bucket()
                kv.put("a", "1")
                kv.put("b", "2")
                val config = KeyValueConfig("${name}_all") { sources(StreamSource(name) { filterSubject("a") }) }
                if (version == "2.9.10") {
                    shouldThrow<FeatureNotSupportedException> { js.createKeyValue(config) }
                } else {
                    js.createKeyValue(config)
                    val all = js.keyValue<String>("${name}_all")
                    until { all.get("a", consistent = true) != null }
                    all.put("c", "own")
                    all.keys().toSet() shouldBe setOf("a", "c")
                }
            }
        }

        ttlTests()
    })

private fun FunSpec.ttlTests() {
    jetStreamTest("a value and a marker go by their age, and that is told", "2.15.1") {
        val kv = bucket { limitMarkerTtl = 60.seconds }
        kv.create("a", "1", timeToLive = 1.seconds)
        kv.put("b", "2")
        kv.purge("b", timeToLive = 1.seconds)
        kv.text("a") shouldBe "1"
        until { kv.get("a", consistent = true) == null }
        until { "b purged" !in kv.watch().beginning().short() }
        kv.watch().beginning().short() shouldContainExactly listOf("a expired")
        kv.keys().toList().shouldBeEmpty()
        kv.create("a", "again") shouldBe kv.status().lastRevision
    }

    jetStreamTest("a bucket gets markers later, and keeps them", "2.15.1") {
        val kv = bucket()
        js.updateKeyValue(name) { limitMarkerTtl = 5.seconds }.config.allowKeyTtl shouldBe true
        kv.create("a", "1", timeToLive = 2.seconds)
        js.updateKeyValue(name) { limitMarkerTtl = Duration.ZERO }.config.apply {
            limitMarkerTtl shouldBe Duration.ZERO
            allowKeyTtl shouldBe true
        }
    }
}
