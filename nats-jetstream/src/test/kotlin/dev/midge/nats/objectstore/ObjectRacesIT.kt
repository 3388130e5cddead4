package dev.midge.nats.objectstore

import dev.midge.nats.NatsConnection
import dev.midge.nats.NotConnectedException
import dev.midge.nats.jetstream.LimitReachedException
import dev.midge.nats.jetstream.chaos.chaos
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import java.io.IOException
import java.io.InputStream
import java.io.PipedInputStream
import java.io.PipedOutputStream

private val options = PutOptions { chunkSize = 100 }

/** What several do to one store at the same time, and what is left of what fails. */
class ObjectRacesIT :
    FunSpec({
        for (version in serverVersions) {
            storeTest("a source that fails leaves nothing, and the old object stays", version) {
                store.put("a", someBytes(250), options)
                val broken = flow {
                    repeat(50) { emit(ByteArray(100)) }
                    throw IOException("broken")
                }
                shouldThrow<IOException> { store.put("a", broken, options) }.message shouldBe "broken"
                val input = object : InputStream() {
                    var left = 5_000

                    override fun read(): Int = if (left-- > 0) 1 else throw IOException("broken")
                }
                shouldThrow<IOException> { store.put("b", input, options) }
                shouldThrow<IllegalStateException> { store.put("b", someBytes(9_000), PutOptions { onProgress { error("no") } }) }
                chunks() shouldBe 3
                store.get("a").bytes() shouldBe someBytes(250)
                store.info("b").shouldBeNull()
            }

            storeTest("what a source throws is thrown as it is, though it looks like a failure of the link", version) {
                val broken = flow {
                    emit(ByteArray(100))
                    throw NotConnectedException("broken")
                }
                shouldThrow<NotConnectedException> { store.put("a", broken, options) }.message shouldBe "broken"
                chunks() shouldBe 0
            }

            storeTest("a cancelled put leaves nothing, wherever it is", version) {
                for (begun in listOf(0, 1, 200)) {
                    coroutineScope {
                        val isWaiting = CompletableDeferred<Unit>()
                        val put = launch {
                            val pieces = flow {
                                repeat(begun) { emit(ByteArray(100)) }
                                isWaiting.complete(Unit)
                                awaitCancellation()
                            }
                            store.put("a", pieces, options)
                        }
                        isWaiting.await()
                        put.cancelAndJoin()
                    }
                    chunks() shouldBe 0
                    store.info("a").shouldBeNull()
                }
            }

            storeTest("a thread that reads for a put is interrupted when that is cancelled", version) {
                coroutineScope {
                    val input = PipedInputStream()
                    PipedOutputStream(input).use { out ->
                        out.write(ByteArray(500))
                        val put = launch { store.put("a", input, options) }
                        until { chunks() == 5L }
                        put.cancelAndJoin()
                    }
                }
                chunks() shouldBe 0
            }

            // After a purge in a full store 2.9.10 has been seen without a message of another subject.
            if (version != "2.9.10") {
                storeTest("a full store takes no object, and keeps nothing of it", version, { maxBytes = 20_000 }) {
                    store.put("a", someBytes(1_000), options)
                    val failure = shouldThrow<ObjectNotStoredException> { store.put("b", someBytes(40_000), options) }
                    failure.cause.shouldBeInstanceOf<LimitReachedException>()
                    chunks() shouldBe 10
                    store.get("a").bytes() shouldBe someBytes(1_000)
                }
            }

            storeTest("of several that put one name the last one stays, and nothing of the others", version) {
                val clients = List(4) { NatsConnection(url) }
                try {
                    coroutineScope {
                        for ((index, client) in clients.withIndex()) {
                            launch {
                                val own = client.jetStream().objectStore(bucket)
                                repeat(10) { own.put("a", someBytes(100 * index + it), options) }
                            }
                        }
                    }
                    val reader = store.get("a")
                    reader.bytes() shouldBe someBytes(reader.info.size.toInt())
                    chunks() shouldBe reader.info.chunks
                    coroutineScope {
                        for ((index, client) in clients.withIndex()) {
                            launch {
                                val own = client.jetStream().objectStore(bucket)
                                repeat(5) {
                                    own.put("a", someBytes(100 * index + it), options)
                                    own.delete("a")
                                }
                            }
                        }
                    }
                    chunks() shouldBe namedChunks()
                } finally {
                    clients.forEach { it.close() }
                }
            }

            // Once in some hundred rounds neither of the two is listed afterwards; why is not known yet. See the KDoc of updateMeta.
            if (!chaos) continue
            storeTest("who renames an object and who replaces it do not take each other's bytes", version) {
                val other = NatsConnection(url)
                try {
                    val theirs = other.jetStream().objectStore(bucket)
                    repeat(15) { round ->
                        store.put("a", someBytes(300), options)
                        coroutineScope {
                            launch {
                                try {
                                    store.updateMeta("a") { name = "b" }
                                } catch (_: ObjectChangedException) {
                                    // They were faster.
                                }
                            }
                            launch { theirs.put("a", someBytes(500 + round), options) }
                        }
                        val all = store.list().toList()
                        for (info in all) store.get(info.name).bytes() shouldBe someBytes(info.size.toInt())
                        // Who renames last renames theirs.
                        all.count { it.size == 500L + round } shouldBe 1
                        chunks() shouldBe all.sumOf { it.chunks }
                        all.filter { it.name == "b" }.forEach { store.delete("b") }
                    }
                } finally {
                    other.close()
                }
            }
        }
    })
