package dev.midge.nats.compat

import dev.midge.nats.Headers
import dev.midge.nats.objectstore.ObjectStore
import dev.midge.nats.objectstore.PutOptions
import dev.midge.nats.objectstore.createObjectStore
import dev.midge.nats.objectstore.objectStore
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.jsonPrimitive
import java.security.MessageDigest

private val sizes = listOf(0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 16 * 1024 * 1024)

/** As `peer.mjs` makes them. */
private fun bytes(size: Int) = ByteArray(size) { (it * 31 + size).toByte() }

private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }

internal suspend fun NodeScope.objects() {
    js.createObjectStore("OURS")
    exchange("OURS")
    peer.call("object create", """"bucket":"THEIRS"""")
    exchange("THEIRS")
}

private suspend fun NodeScope.exchange(bucket: String) {
    val ours = js.objectStore(bucket)
    peer.call("object watch", """"bucket":"$bucket"""")
    for (size in sizes) {
        ours.put("ours $size", bytes(size))
        peer.text("object digest", """"bucket":"$bucket","name":"ours $size"""") shouldBe sha256(bytes(size))
        peer.call("object put", """"bucket":"$bucket","meta":{"name":"theirs $size"},"size":$size""")
        ours.get("theirs $size").bytes().contentEquals(bytes(size)) shouldBe true
    }
    val names = sizes.flatMap { listOf("ours $it", "theirs $it") }
    peer.texts("told", """"count":${names.size}""") shouldContainExactly names.map { "PUT $it" }
    ours.list().toList().map { it.name } shouldContainExactlyInAnyOrder names
    peer.texts("object names", """"bucket":"$bucket"""") shouldContainExactlyInAnyOrder names
    metadata(bucket, ours)
    links(bucket, ours)
}

/** Names are of ASCII: those with others are stored by npm's clients where no other client looks. */
private suspend fun NodeScope.metadata(bucket: String, ours: ObjectStore) {
    ours.put(
        "a/o",
        bytes(10),
        PutOptions {
            description = "some"
            headers = Headers.of("A" to "1", "A" to "2")
            metadata = mapOf("k" to "v")
            chunkSize = 4
        },
    )
    peer.json("object info", """"bucket":"$bucket","name":"a/o"""").apply {
        getValue("description").jsonPrimitive.content shouldBe "some"
        getValue("metadata").toString() shouldBe """{"k":"v"}"""
        getValue("a").toString() shouldBe """["1","2"]"""
        getValue("chunks").toString() shouldBe "3"
    }
    val meta = """{"name":"theirs","description":"e","metadata":{"x":"y"},"options":{"max_chunk_size":4}}"""
    peer.call("object put", """"bucket":"$bucket","meta":$meta,"size":10""")
    ours.info("theirs")!!.apply {
        description shouldBe "e"
        metadata shouldBe mapOf("x" to "y")
        chunkSize shouldBe 4
        chunks shouldBe 3
    }
    ours.updateMeta("theirs") { name = "renamed" }
    peer.text("object digest", """"bucket":"$bucket","name":"renamed"""") shouldBe sha256(bytes(10))
    peer.call("object", """"bucket":"$bucket","call":"update","args":["a/o",{"name":"u"}]""")
    ours.get("u").bytes() shouldBe bytes(10)
    ours.info("a/o").shouldBeNull()
}

private suspend fun NodeScope.links(bucket: String, ours: ObjectStore) {
    ours.addLink("our link", ours.info("renamed")!!)
    peer.text("object digest", """"bucket":"$bucket","name":"our link"""") shouldBe sha256(bytes(10))
    peer.call("object link", """"bucket":"$bucket","name":"their link","target":"renamed"""")
    ours.get("their link").bytes() shouldBe bytes(10)
    ours.delete("renamed")
    peer.json("object info", """"bucket":"$bucket","name":"renamed"""").getValue("deleted").toString() shouldBe "true"
    peer.call("object", """"bucket":"$bucket","call":"delete","args":["u"]""")
    ours.info("u").shouldBeNull()
}
