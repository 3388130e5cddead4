package dev.midge.nats.objectstore

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.nats.client.Nats
import io.nats.client.api.ObjectMeta
import io.nats.client.api.ObjectStoreConfiguration
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import java.io.ByteArrayOutputStream
import io.nats.client.ObjectStore as PeerStore
import io.nats.client.impl.Headers as PeerHeaders

private val sizes = listOf(0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 16 * 1024 * 1024)

private fun PeerStore.bytes(name: String): ByteArray = ByteArrayOutputStream().also { get(name, it) }.toByteArray()

class ObjectInteropIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("the official client reads what this one writes, and the other way round", version) {
                withContext(Dispatchers.IO) {
                    Nats.connect(server.url).use { connection ->
                        connection.objectStoreManagement().create(ObjectStoreConfiguration.builder(name).build())
                        val peer = connection.objectStore(name)
                        val store = js.objectStore(name)
                        writeAndRead(peer, store)
                        changeAndRead(peer, store)
                    }
                }
            }
        }
    })

private suspend fun writeAndRead(peer: PeerStore, store: ObjectStore) {
    for (size in sizes) {
        val bytes = someBytes(size)
        val info = store.put("ours $size", bytes)
        peer.bytes("ours $size").contentEquals(bytes) shouldBe true
        peer.getInfo("ours $size").apply {
            digest shouldBe info.digest
            nuid shouldBe info.nuid
            chunks shouldBe info.chunks
        }
        peer.put("theirs $size", bytes)
        store.get("theirs $size").bytes().contentEquals(bytes) shouldBe true
    }
    store.list().toList().map { it.name } shouldContainExactlyInAnyOrder peer.list.map { it.objectName }
}

private suspend fun changeAndRead(peer: PeerStore, store: ObjectStore) {
    store.put(
        "ä/ö",
        someBytes(10),
        PutOptions {
            description = "d"
            headers = Headers.of("A" to "1", "A" to "2")
            metadata = mapOf("k" to "v")
            chunkSize = 4
        },
    )
    peer.getInfo("ä/ö").apply {
        description shouldBe "d"
        headers.get("A") shouldContainExactly listOf("1", "2")
        metaData shouldBe mapOf("k" to "v")
        chunks shouldBe 3
    }
    val meta = ObjectMeta.builder("theirs").description("e").headers(PeerHeaders().add("B", "1", "2")).metadata(mapOf("x" to "y"))
    peer.put(meta.chunkSize(4).build(), someBytes(10).inputStream())
    store.info("theirs")!!.apply {
        description shouldBe "e"
        headers.values("B") shouldContainExactly listOf("1", "2")
        metadata shouldBe mapOf("x" to "y")
        chunkSize shouldBe 4
        chunks shouldBe 3
    }
    store.updateMeta("theirs") { name = "renamed" }.metadata shouldBe mapOf("x" to "y")
    peer.bytes("renamed") shouldBe someBytes(10)
    peer.updateMeta("ä/ö", ObjectMeta.objectName("ü"))
    store.get("ü").bytes() shouldBe someBytes(10)
    store.info("ä/ö").shouldBeNull()

    store.addLink("our link", store.info("renamed")!!)
    peer.bytes("our link") shouldBe someBytes(10)
    peer.addLink("their link", peer.getInfo("renamed"))
    store.get("their link").bytes() shouldBe someBytes(10)
    store.addBucketLink("our bucket", store)
    peer.getInfo("our bucket").link!!.isBucketLink shouldBe true
    peer.addBucketLink("their bucket", peer)
    store.info("their bucket")!!.link shouldBe ObjectLink(store.bucket, null)

    store.delete("renamed")
    peer.getInfo("renamed").shouldBeNull()
    peer.getInfo("renamed", true).isDeleted shouldBe true
    peer.delete("ü")
    store.info("ü").shouldBeNull()
    store.list(includeDeleted = true).toList().first { it.name == "ü" }.isDeleted shouldBe true
    peer.seal()
    store.status().isSealed shouldBe true
}
