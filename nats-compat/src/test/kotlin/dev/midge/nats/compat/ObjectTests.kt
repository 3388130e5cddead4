package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.WebFiles
import dev.midge.nats.compat.fixtures.bytes
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.nats.client.api.ObjectMeta
import java.security.MessageDigest
import kotlin.random.Random

private const val SUITE = "object-store"

private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes)

internal fun objectTests(conversation: Conversation) {
    conversation("an object is put with the bytes of a URL and the metadata of the command") {
        val peer = newBucket()
        WebFiles().use { web ->
            val config = """{"name":"ä b","description":"some","headers":{"A":["1","2"]},"metadata":{"k":"v"},""" +
                """"options":{"max_chunk_size":65536}}"""
            ask(
                SUITE,
                "put-object",
                """{"bucket":"${peer.bucketName}","url":"${web.url}/moved","config":$config}""",
            ).toList().shouldBeEmpty()
            peer.bytes("ä b") shouldBe web.file
        }
        peer.getInfo("ä b").apply {
            description shouldBe "some"
            headers.get("A") shouldContainExactly listOf("1", "2")
            metaData shouldBe mapOf("k" to "v")
            chunks shouldBe 5
        }
    }

    conversation("of an object without metadata, nothing more is stored than there has to be") {
        val peer = newBucket()
        WebFiles().use { web ->
            ask(SUITE, "put-object", """{"bucket":"${peer.bucketName}","url":"${web.url}/file","config":{"name":"plain"}}""")
        }
        storedMeta(peer.bucketName, "plain")!!.keys shouldContainExactlyInAnyOrder
            listOf("name", "options", "bucket", "nuid", "size", "chunks", "digest")
        peer.getInfo("plain").chunks shouldBe 3
    }

    conversation("an object is read to its end, and the reply is the digest of its bytes") {
        val peer = newBucket()
        for (size in listOf(0, 1, 128 * 1024 + 1)) {
            val bytes = Random(size).nextBytes(size)
            peer.put("theirs", bytes)
            ask(SUITE, "get-object", """{"bucket":"${peer.bucketName}","object":"theirs"}""") shouldBe sha256(bytes)
        }
    }

    conversation("an object is renamed and described, its bytes stay, and nothing is left of its name") {
        val peer = newBucket()
        val before = peer.put(ObjectMeta.builder("before").description("old").build(), byteArrayOf(1, 2, 3).inputStream())
        val config = """{"name":"after","description":"new","metadata":{"k":"v"}}"""
        ask(SUITE, "update-metadata", """{"bucket":"${peer.bucketName}","object":"before","config":$config}""").toList().shouldBeEmpty()
        peer.getInfo("after").apply {
            description shouldBe "new"
            metaData shouldBe mapOf("k" to "v")
            nuid shouldBe before.nuid
            digest shouldBe before.digest
        }
        peer.bytes("after") shouldBe byteArrayOf(1, 2, 3)
        storedMeta(peer.bucketName, "before").shouldBeNull()
    }

    conversation("metadata that an update leaves out is gone") {
        val peer = newBucket()
        peer.put(ObjectMeta.builder("theirs").description("old").metadata(mapOf("k" to "v")).build(), byteArrayOf(1).inputStream())
        ask(SUITE, "update-metadata", """{"bucket":"${peer.bucketName}","object":"theirs","config":{"name":"theirs"}}""")
        storedMeta(peer.bucketName, "theirs")!!.keys.intersect(setOf("description", "metadata")).shouldBeEmpty()
    }

    conversation("an object is read by a link, and linked to") {
        val peer = newBucket()
        val info = peer.put("theirs", byteArrayOf(1, 2, 3))
        peer.addLink("their link", info)
        ask(SUITE, "get-link", """{"bucket":"${peer.bucketName}","object":"their link"}""") shouldBe sha256(byteArrayOf(1, 2, 3))
        ask(SUITE, "put-link", """{"bucket":"${peer.bucketName}","object":"theirs","link_name":"link"}""").toList().shouldBeEmpty()
        peer.getInfo("link").link!!.apply {
            bucket shouldBe peer.bucketName
            objectName shouldBe "theirs"
        }
        peer.bytes("link") shouldBe byteArrayOf(1, 2, 3)
    }
}
