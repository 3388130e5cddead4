package dev.midge.nats.objectstore

import dev.midge.nats.Headers
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import kotlinx.io.asSource
import kotlinx.io.buffered
import kotlinx.io.readByteArray
import java.nio.file.Files
import kotlin.time.Duration.Companion.hours

private const val CHUNK = 128 * 1024

class ObjectStoreIT :
    FunSpec({
        val directory = tempdir().toPath()

        for (version in serverVersions) {
            storeTest("an object of any size is got as it was put", version) {
                for (size in listOf(0, 1, CHUNK - 1, CHUNK, CHUNK + 1)) {
                    val bytes = someBytes(size)
                    val info = store.put("$size", bytes)
                    info.size shouldBe size
                    info.chunks shouldBe (size + CHUNK - 1L) / CHUNK
                    store.get("$size").bytes() shouldBe bytes
                    store.info("$size")!!.wire shouldBe info.wire
                }
                chunks() shouldBe namedChunks()
                awaitNoConsumer()
            }

            storeTest("16 MiB are got as they were put, with what is stored told on the way", version) {
                val bytes = someBytes(16 * 1024 * 1024)
                val told = ArrayList<Long>()
                store.put("large", bytes, PutOptions { onProgress { told += it } })
                told shouldContainExactly (1L..128).map { it * CHUNK }
                store.get("large").bytes().contentEquals(bytes) shouldBe true
            }

            storeTest("chunks are as large as the server takes, and larger ones are refused", version) {
                val most = 1024 * 1024
                store.put("a", someBytes(most + 1), PutOptions { chunkSize = most }).chunks shouldBe 2
                store.get("a").bytes().contentEquals(someBytes(most + 1)) shouldBe true
                val failure =
                    shouldThrow<ObjectNotStoredException> { store.put("b", someBytes(most + 1), PutOptions { chunkSize = most + 1 }) }
                failure.cause.shouldBeInstanceOf<PayloadTooLargeException>()
                chunks() shouldBe 2
            }

            storeTest("an object is put from all that has bytes, and got by all that takes some", version) {
                val bytes = someBytes(3_000)
                val options = PutOptions { chunkSize = 1_000 }
                val file = directory.resolve("from-$bucket")
                withContext(Dispatchers.IO) { Files.write(file, bytes) }
                store.put("stream", bytes.inputStream(), options).chunks shouldBe 3
                store.put("source", bytes.inputStream().asSource().buffered(), options)
                store.put("path", file, options)
                store.put("flow", flow { bytes.toList().chunked(7).forEach { emit(it.toByteArray()) } }, options).chunks shouldBe 3
                for (name in listOf("stream", "source", "path", "flow")) {
                    val reader = store.get(name)
                    reader.info.chunkSize shouldBe 1_000
                    reader.bytes() shouldBe bytes
                    reader.chunks().toList().map { it.size } shouldContainExactly listOf(1_000, 1_000, 1_000)
                    withContext(Dispatchers.IO) {
                        reader.inputStream().use { it.readAllBytes() } shouldBe bytes
                        reader.source().use { it.readByteArray() } shouldBe bytes
                    }
                    val to = directory.resolve("to-$bucket-$name")
                    reader.writeTo(to)
                    withContext(Dispatchers.IO) { Files.readAllBytes(to) } shouldBe bytes
                }
                awaitNoConsumer()
            }

            storeTest("a stream that is not read to its end is closed and leaves nothing", version) {
                store.put("a", someBytes(100_000), PutOptions { chunkSize = 100 })
                withContext(Dispatchers.IO) {
                    store.get("a").inputStream().use { it.readNBytes(150) } shouldBe someBytes(100_000).copyOf(150)
                }
                store.get("a").chunks().first().size shouldBe 100
                awaitNoConsumer()
            }

            storeTest("an object that is put again takes the place of the old one, of which nothing stays", version) {
                store.put("a", someBytes(2_000), PutOptions { chunkSize = 100 })
                store.put("a", someBytes(500), PutOptions { chunkSize = 100 }).chunks shouldBe 5
                store.get("a").bytes() shouldBe someBytes(500)
                chunks() shouldBe 5
            }

            storeTest("what an object has beside its bytes is kept, changed and renamed", version) {
                val name = "päth/to a*>.file"
                val options = PutOptions {
                    description = "first"
                    headers = Headers.of("A" to "1", "A" to "2")
                    metadata = mapOf("k" to "v")
                }
                store.put(name, someBytes(10), options)
                store.info(name)!!.apply {
                    description shouldBe "first"
                    headers.values("A") shouldContainExactly listOf("1", "2")
                    metadata shouldBe mapOf("k" to "v")
                }
                store.updateMeta(name) { description = "second" }.metadata shouldBe mapOf("k" to "v")
                store.put("taken", someBytes(1))
                shouldThrow<ObjectExistsException> { store.updateMeta(name) { this.name = "taken" } }
                store.updateMeta(name) { this.name = "new" }.description shouldBe "second"
                store.info(name).shouldBeNull()
                store.get("new").bytes() shouldBe someBytes(10)
                store.list(includeDeleted = true).toList().map { it.name } shouldContainExactlyInAnyOrder listOf("taken", "new")
                shouldThrow<ObjectNotFoundException> { store.updateMeta("none") {} }
                // A deleted one is in nobody's way.
                store.delete("taken")
                store.updateMeta("new") { this.name = "taken" }
                store.get("taken").bytes() shouldBe someBytes(10)
            }

            storeTest("a deleted object is gone, and known to have been there", version) {
                store.put("a", someBytes(1_000), PutOptions { chunkSize = 100 })
                store.delete("a")
                chunks() shouldBe 0
                store.info("a").shouldBeNull()
                shouldThrow<ObjectNotFoundException> { store.get("a") }
                shouldThrow<ObjectNotFoundException> { store.updateMeta("a") {} }
                store.delete("a")
                shouldThrow<ObjectNotFoundException> { store.delete("none") }
                store.list().toList() shouldBe emptyList()
                store.list(includeDeleted = true).toList().single().apply {
                    isDeleted shouldBe true
                    size shouldBe 0
                    digest.shouldBeNull()
                }
                store.put("a", someBytes(5))
                store.get("a").bytes() shouldBe someBytes(5)
            }

            storeTest("a link leads to its object, one step and no further", version) {
                val other = js.createObjectStore("$bucket-other")
                val target = other.put("target", someBytes(100))
                val link = store.addLink("link", target)
                link.link shouldBe ObjectLink(other.bucket, "target")
                store.get("link").apply {
                    info.name shouldBe "target"
                    info.bucket shouldBe other.bucket
                    bytes() shouldBe someBytes(100)
                }
                store.info("link")!!.link.shouldNotBeNull()
                store.addLink("own", store.put("a", someBytes(3)))
                store.get("own").bytes() shouldBe someBytes(3)
                store.addBucketLink("all", other).link shouldBe ObjectLink(other.bucket, null)
                shouldThrow<ObjectLinkException> { store.get("all") }
                shouldThrow<IllegalArgumentException> { store.addLink("b", link) }
                shouldThrow<ObjectExistsException> { store.addLink("a", target) }
                other.addLink("target2", store.info("a")!!)
                store.addLink("link", other.put("x", someBytes(9)))
                store.get("link").bytes() shouldBe someBytes(9)
                other.delete("x")
                shouldThrow<ObjectNotFoundException> { store.get("link") }
                // What was an object becomes a link behind the link's back.
                other.delete("x")
                other.addLink("x", store.info("a")!!)
                shouldThrow<ObjectLinkException> { store.get("link") }
                store.delete("link")
                store.info("link").shouldBeNull()
                shouldThrow<IllegalArgumentException> { store.addLink("b", store.list(includeDeleted = true).first { it.isDeleted }) }
            }

            storeTest("a sealed store is read and never written again", version) {
                store.put("a", someBytes(10))
                store.seal().isSealed shouldBe true
                store.get("a").bytes() shouldBe someBytes(10)
                val cause = shouldThrow<ObjectNotStoredException> { store.put("b", someBytes(10)) }.cause
                cause.shouldBeInstanceOf<JetStreamApiException>().errorCode shouldBe ApiErrorCodes.STREAM_SEALED
                shouldThrow<JetStreamApiException> { store.delete("a") }
                shouldThrow<JetStreamApiException> { store.updateMeta("a") { description = "x" } }
                chunks() shouldBe 1
            }

            jetStreamTest("a store is made, described, changed, listed and deleted", version) {
                val store = js.createObjectStore(name) { timeToLive = 1.hours }
                js.createObjectStore(name) { timeToLive = 1.hours }
                shouldThrow<ObjectStoreExistsException> { js.createObjectStore(name) { timeToLive = 2.hours } }
                store.put("a", someBytes(1_000))
                js.updateObjectStore(name) { description = "assets" }.config.apply {
                    description shouldBe "assets"
                    timeToLive shouldBe 1.hours
                }
                store.status().apply {
                    bucket shouldBe name
                    bytes shouldBeGreaterThan 1_000
                    isSealed shouldBe false
                }
                js.createStream("not-$name") { subjects("other.$name") }
                js.objectStoreNames().toList() shouldContain name
                js.objectStores().toList().map { it.bucket } shouldContain name
                js.deleteObjectStore(name)
                for (call in listOf<suspend () -> Any?>(
                    { store.status() },
                    { store.info("a") },
                    { store.get("a") },
                    { store.put("a", someBytes(1)) },
                    { store.list().toList() },
                    { store.watch().first() },
                    { store.delete("a") },
                    { js.deleteObjectStore(name) },
                    { js.updateObjectStore(name) {} },
                )) {
                    shouldThrow<ObjectStoreNotFoundException> { call() }.bucket shouldBe name
                }
                until { name !in js.objectStoreNames().toList() }
            }
        }
    })
