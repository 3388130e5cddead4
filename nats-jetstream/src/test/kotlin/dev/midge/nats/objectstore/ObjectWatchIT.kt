package dev.midge.nats.objectstore

import dev.midge.nats.jetstream.fixtures.serverVersions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList

class ObjectWatchIT :
    FunSpec({
        for (version in serverVersions) {
            storeTest("a watch tells what there is, that it has done so, and what happens", version) {
                store.watch().first() shouldBe ObjectEvent.CaughtUp
                store.put("a", someBytes(1))
                store.put("b", someBytes(2))
                store.delete("b")
                coroutineScope {
                    val hasBegun = CompletableDeferred<Unit>()
                    val events = async {
                        store.watch().onEach { if (it == ObjectEvent.CaughtUp) hasBegun.complete(Unit) }.take(6).toList()
                    }
                    hasBegun.await()
                    store.put("c", someBytes(3))
                    store.updateMeta("c") { description = "d" }
                    store.delete("a")
                    val all = events.await()
                    all[0].shouldBeInstanceOf<ObjectEvent.Put>().info.name shouldBe "a"
                    all[1].shouldBeInstanceOf<ObjectEvent.Deleted>().info.name shouldBe "b"
                    all[2] shouldBe ObjectEvent.CaughtUp
                    all[3].shouldBeInstanceOf<ObjectEvent.Put>().info.size shouldBe 3
                    all[4].shouldBeInstanceOf<ObjectEvent.Put>().info.description shouldBe "d"
                    all[5].shouldBeInstanceOf<ObjectEvent.Deleted>().info.name shouldBe "a"
                }
                store.watch(updatesOnly = true).first() shouldBe ObjectEvent.CaughtUp
                awaitNoConsumer()
            }

            storeTest("what is no metadata is told, not left out", version) {
                store.put("a", someBytes(1))
                js.publish("\$O.$bucket.M.eA==", "no json".encodeToByteArray())
                shouldThrow<MalformedObjectException> { store.info("x") }.sequence shouldBe 3
                shouldThrow<MalformedObjectException> { store.list().toList() }
            }

            storeTest("a watch catches up although objects vanish meanwhile", version) {
                repeat(520) { store.put("$it", ByteArray(0)) }
                var count = 0
                // The server has delivered 500 of them at most, which wait here.
                val seen = store.watch().onEach { if (count++ == 0) stream.purge() }.takeWhile { it != ObjectEvent.CaughtUp }.toList()
                seen.size shouldBeLessThanOrEqual 500
                seen.map { (it as ObjectEvent.Put).info.name } shouldContainExactly List(seen.size) { "$it" }
                store.watch().first() shouldBe ObjectEvent.CaughtUp
                awaitNoConsumer()
            }
        }
    })
