package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.WebFiles
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.future.await

private const val SUITE = "object-store"

internal fun watchTests(conversation: Conversation) {
    conversation("a watch replies with the digest of what is there and of what somebody else puts next") {
        val peer = newBucket()
        val first = peer.put("theirs", byteArrayOf(1))
        val watch = send(SUITE, "watch", """{"bucket":"${peer.bucketName}","object":"theirs"}""")
        awaitWatcher(peer.bucketName, told = 1)
        val second = peer.put("theirs", byteArrayOf(2))
        watch.await().data.decodeToString() shouldBe "${first.digest},${second.digest}"
    }

    conversation("a watch of what is new replies with the digest of that") {
        val peer = newBucket()
        peer.put("theirs", byteArrayOf(1))
        val watch = send(SUITE, "watch-updates", """{"bucket":"${peer.bucketName}","object":"theirs"}""")
        awaitWatcher(peer.bucketName, told = 0)
        val second = peer.put("theirs", byteArrayOf(2))
        watch.await().data.decodeToString() shouldBe second.digest
    }

    conversation("while one command waits, another one makes what it waits for") {
        val peer = newBucket()
        val watch = send(SUITE, "watch-updates", """{"bucket":"${peer.bucketName}"}""")
        awaitWatcher(peer.bucketName, told = 0)
        WebFiles().use { web ->
            ask(SUITE, "put-object", """{"bucket":"${peer.bucketName}","url":"${web.url}/file","config":{"name":"ours"}}""")
        }
        watch.await().data.decodeToString() shouldBe peer.getInfo("ours").digest
    }
}
