package dev.midge.nats.kv

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import java.net.ServerSocket
import kotlin.time.Duration

class MirrorIT :
    FunSpec({
        for (version in serverVersions) {
            jetStreamTest("a mirror is read by its origin's keys, and written through it", version) {
                val kv = bucket { history = 3 }
                kv.put("a", "1")
                js.createKeyValue("${name}_copy") {
                    history = 3
                    mirror(name)
                }
                val mirror = js.keyValue<String>("${name}_copy")
                until { mirror.get("a")?.value == "1" }
                mirror.put("b", "2") shouldBe 2
                kv.get("b", consistent = true)?.value shouldBe "2"
                until { mirror.status().lastRevision == 2L }
                // Consistent is what the origin says; it needs no wait.
                mirror.update("b", "3", revision = 2) shouldBe 3
                mirror.get("b", consistent = true)?.value shouldBe "3"
                shouldThrow<KeyExistsException> { mirror.create("b", "4") }.revision shouldBe 3
                mirror.compareAndSet("b") { "$it!" } shouldBe 4
                mirror.delete("a") shouldBe 5
                until { mirror.status().lastRevision == 5L }
                mirror.get("b")?.value shouldBe "3!"
                mirror.get("b", revision = 3)?.value shouldBe "3"
                mirror.getAll(listOf("a", "b")).toList().map { it.value } shouldContainExactly listOf("3!")
                mirror.keys().toList() shouldContainExactly listOf("b")
                mirror.history("b").toList().short() shouldContainExactly listOf("b=2", "b=3", "b=3!")
                mirror.watch().beginning().short() shouldContainExactly listOf("b=3!", "a deleted")
                mirror.purge("b")
                until { mirror.status().lastRevision == 6L }
                mirror.watch { history = true }.beginning().short() shouldContain "b purged"
                js.keyValueNames().toList() shouldContain "${name}_copy"
                js.keyValues().toList().first { it.bucket == "${name}_copy" }.config.mirror?.name shouldBe "KV_$name"
            }

            jetStreamTest("a handle of a mirror that went writes to the bucket that takes its place", version) {
                val origin = bucket()
                js.createKeyValue("${name}_copy") { mirror(name) }
                val kv = js.keyValue<String>("${name}_copy")
                kv.put("a", "1") shouldBe 1
                js.deleteKeyValue("${name}_copy")
                shouldThrow<BucketNotFoundException> { kv.get("a") }.bucket shouldBe "${name}_copy"
                js.createKeyValue("${name}_copy")
                kv.put("b", "2") shouldBe 1
                kv.get("b")?.value shouldBe "2"
                origin.get("b", consistent = true) shouldBe null
            }

            jetStreamTest("a mirror's markers are removed from it alone", version) {
                val kv = bucket()
                js.createKeyValue("${name}_copy") { mirror(name) }
                val mirror = js.keyValue<String>("${name}_copy")
                kv.put("a", "1")
                kv.purge("a")
                until { mirror.status().lastRevision == 2L }
                mirror.purgeDeletes(Duration.ZERO) shouldBe 1
                mirror.watch().beginning().size shouldBe 0
                kv.watch().beginning().short() shouldContainExactly listOf("a purged")
            }

            test("a bucket behind a domain is written through it, and mirrored from it, on nats-server $version") {
                withContext(Dispatchers.Default) { hubAndLeaf(version) }
            }
        }
    })

private suspend fun hubAndLeaf(version: String) {
    val port = ServerSocket(0).use { it.localPort }
    val hubServer = NatsServerProcess.start {
        this.version = version
        jetStream = true
        config = "server_name: hub, jetstream { domain: hub }, leafnodes { listen: \"127.0.0.1:$port\" }"
    }
    hubServer.use { hub ->
        val leafServer = NatsServerProcess.start {
            this.version = version
            jetStream = true
            config = "server_name: leaf, jetstream { domain: leaf }, leafnodes { remotes: [ { url: \"nats-leaf://127.0.0.1:$port\" } ] }"
        }
        leafServer.use { leaf ->
            val atHub = NatsConnection(hub.url)
            val atLeaf = NatsConnection(leaf.url)
            try {
                useDomain(atHub.jetStream().createKeyValue<String>("config"), atLeaf)
            } finally {
                atLeaf.close()
                atHub.close()
            }
        }
    }
}

private suspend fun useDomain(atHub: KeyValue<String>, atLeaf: NatsConnection) {
    val through = atLeaf.jetStream { domain = "hub" }.keyValue<String>("config")
    // The leaf is connected a moment after both have started.
    until { runCatching { through.status() }.isSuccess }
    through.put("a", "1") shouldBe 1
    through.create("b", "2") shouldBe 2
    through.get("a")?.value shouldBe "1"
    atHub.get("b")?.value shouldBe "2"
    through.watch().beginning().short() shouldContainExactly listOf("a=1", "b=2")

    val local = atLeaf.jetStream()
    local.createKeyValue("copy") { mirror = StreamSource("config") { domain("hub") } }
    val copy = local.keyValue<String>("copy")
    until { copy.status().lastRevision == 2L }
    copy.compareAndSet("a") { "$it!" } shouldBe 3
    copy.delete("b") shouldBe 4
    until { copy.status().lastRevision == 4L }
    copy.watch().beginning().short() shouldContainExactly listOf("a=1!", "b deleted")
    copy.get("a", consistent = true)?.revision shouldBe 3
}
