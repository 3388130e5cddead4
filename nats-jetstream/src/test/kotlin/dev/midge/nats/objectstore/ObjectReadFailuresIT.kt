package dev.midge.nats.objectstore

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.fixtures.withOwnServer
import dev.midge.nats.jetstream.jetStream
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.withContext
import java.io.IOException
import java.nio.file.Files

private val options = PutOptions { chunkSize = 100 }

/** The chunks of the object that [someBytes] makes of 1,000 bytes. */
private fun pieces(): List<ByteArray> = List(10) { someBytes(1_000).copyOfRange(it * 100, it * 100 + 100) }

private suspend fun StoreScope.wrong(chunks: List<ByteArray>): ObjectReader {
    val info = store.put("a", someBytes(1_000), options)
    replaceChunks(info, chunks)
    return store.get("a")
}

class ObjectReadFailuresIT :
    FunSpec({
        val directory = tempdir().toPath()

        for (version in serverVersions) {
            storeTest("corrupted and reordered chunks are told by the digest, and the last chunk is never handed over", version) {
                val seen = ArrayList<ByteArray>()
                val corrupted = pieces().also { it[5][7]++ }
                shouldThrow<ObjectDigestException> { wrong(corrupted).chunks().collect(seen::add) }.name shouldBe "a"
                seen.size shouldBe 9
                val reordered = pieces().toMutableList().also { it.add(3, it.removeAt(6)) }
                shouldThrow<ObjectDigestException> { wrong(reordered).bytes() }
            }

            storeTest("missing chunks are told, wherever they are missing", version) {
                for (index in listOf(0, 4, 9)) {
                    val failure =
                        shouldThrow<ChunksMissingException> { wrong(pieces().toMutableList().also { it.removeAt(index) }).bytes() }
                    failure.expected shouldBe 10
                    failure.found shouldBe 9
                }
                shouldThrow<ChunksMissingException> { wrong(emptyList()).bytes() }.found shouldBe 0
            }

            storeTest("chunks that are too many, too long or too short are told", version) {
                shouldThrow<ObjectTooLongException> { wrong(pieces() + byteArrayOf(1)).bytes() }
                shouldThrow<ObjectTooLongException> { wrong(pieces().dropLast(1) + ByteArray(200)).bytes() }
                shouldThrow<ObjectTooShortException> { wrong(pieces().dropLast(1) + ByteArray(99)).bytes() }.found shouldBe 999
            }

            storeTest("a file takes its place only when it is right", version) {
                val file = directory.resolve("file-$bucket")
                withContext(Dispatchers.IO) { Files.writeString(file, "old") }
                shouldThrow<ObjectReadException> { wrong(pieces().dropLast(1)).writeTo(file) }
                withContext(Dispatchers.IO) {
                    Files.readString(file) shouldBe "old"
                    Files.list(directory).use { all -> all.filter { bucket in "$it" && it != file }.toList() }.shouldBeEmpty()
                }
                store.put("a", someBytes(1_000), options)
                store.get("a").writeTo(file)
                withContext(Dispatchers.IO) { Files.readAllBytes(file) } shouldBe someBytes(1_000)
            }

            storeTest("a stream that blocks fails as streams do, and says why", version) {
                val input = wrong(pieces().dropLast(1)).inputStream()
                withContext(Dispatchers.IO) {
                    shouldThrow<IOException> { input.readAllBytes() }.cause.shouldBeInstanceOf<ChunksMissingException>()
                }
            }

            storeTest("what a collector throws comes as it is, though it looks like a failure of the store", version) {
                val none = js.stream("none-$bucket")
                store.put("a", someBytes(1_000), options)
                shouldThrow<StreamNotFoundException> { store.get("a").chunks().collect { none.info() } }
                shouldThrow<StreamNotFoundException> { store.watch().collect { none.info() } }
                shouldThrow<StreamNotFoundException> { store.list().collect { none.info() } }
                awaitNoConsumer()
            }

            storeTest("more threads of Dispatchers.IO than there are read an object by blocking", version) {
                store.put("a", someBytes(1_000), options)
                val reader = store.get("a")
                coroutineScope {
                    repeat(100) {
                        launch {
                            val bytes = runInterruptible(Dispatchers.IO) { reader.inputStream().use { it.readAllBytes() } }
                            bytes shouldBe someBytes(1_000)
                        }
                    }
                }
                awaitNoConsumer()
            }

            storeTest("an object that is replaced or deleted while it is read is told, and none is mixed", version) {
                for (change in listOf<suspend () -> Any?>({ store.put("a", someBytes(9)) }, { store.delete("a") })) {
                    store.put("a", someBytes(200_000), options)
                    val reader = store.get("a")
                    var count = 0
                    shouldThrow<ObjectChangedException> {
                        reader.chunks().onEach { if (count++ == 3) change() }.collect()
                    }
                    shouldThrow<ObjectChangedException> { reader.bytes() }
                }
                chunks() shouldBe namedChunks()
                awaitNoConsumer()
            }

            storeTest("an object that is renamed while it is read is read to its end", version) {
                store.put("a", someBytes(50_000), options)
                var count = 0
                store.get("a").chunks().onEach { if (count++ == 3) store.updateMeta("a") { name = "b" } }
                    .toList().fold(ByteArray(0), ByteArray::plus) shouldBe someBytes(50_000)
            }

            storeTest("a closed connection is no end of an object", version) {
                store.put("a", someBytes(100_000), options)
                val own = NatsConnection(url)
                var count = 0
                shouldThrow<ConnectionClosedException> {
                    own.jetStream().objectStore(bucket).get("a").chunks().onEach { if (count++ == 3) own.close() }.collect()
                }
            }

            test("reading and watching go on after a server's restart, nats-server $version") {
                withOwnServer(version) { server, nats ->
                    val store = nats.jetStream().createObjectStore("B")
                    store.put("a", someBytes(100_000), options)
                    coroutineScope {
                        val isWatching = CompletableDeferred<Unit>()
                        val seen = ArrayList<ObjectEvent>()
                        val watching = async {
                            store.watch().collect {
                                seen += it
                                if (it == ObjectEvent.CaughtUp) isWatching.complete(Unit)
                            }
                        }
                        isWatching.await()
                        var count = 0
                        val bytes = store.get("a").chunks().onEach {
                            if (count++ == 3) {
                                withContext(Dispatchers.IO) {
                                    server.kill()
                                    server.restart()
                                }
                            }
                        }.toList().fold(ByteArray(0), ByteArray::plus)
                        bytes shouldBe someBytes(100_000)
                        until { runCatching { store.put("b", someBytes(1)) }.isSuccess }
                        until { seen.any { it is ObjectEvent.Put && it.info.name == "b" } }
                        seen.count { it == ObjectEvent.CaughtUp } shouldBe 1
                        watching.cancel()
                    }
                }
            }
        }
    })
