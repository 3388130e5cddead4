package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flowOf
import java.nio.file.Files
import kotlin.time.Duration.Companion.milliseconds
import dev.midge.nats.samples.java.ObjectStoreTasks as JavaTasks

private val logo = ByteArray(1_000) { it.toByte() }
private val film = ByteArray(300_000) { (it * 7).toByte() }
private val stored = listOf(131_072L, 262_144L, 300_000L)
private val names = listOf("logo.png", "films/spring sale.mp4", "measurements")

private fun objectServer() = NatsServerProcess.start {
    version = "2.15.1"
    jetStream = true
}

/** docs/object-store.md shows what the compilers saw, and what it shows works. */
class ObjectStoreGuideSpec :
    FunSpec({
        val directory = tempdir().toPath()
        val from = Files.write(directory.resolve("film"), film)

        test("every snippet of the guide is compiled, in both languages") {
            shownIn("docs/object-store.md", "kotlin") shouldContainExactlyInAnyOrder
                snippetsOf("kotlin/dev/midge/nats/samples/ObjectStoreTasks.kt")
            shownIn("docs/object-store.md", "java") shouldContainExactlyInAnyOrder
                snippetsOf("java/dev/midge/nats/samples/java/ObjectStoreTasks.java")
        }

        test("what the guide shows works, in Kotlin") {
            objectServer().use { server ->
                val nats = NatsConnection(server.url)
                val tasks = ObjectStoreTasks(nats)
                tasks.create()
                tasks.put(logo).chunks shouldBe 1
                tasks.putFile(from).chunks shouldBe 3
                tasks.told shouldContainExactly stored
                tasks.putFlow(flowOf("1\n2".encodeToByteArray(), "0\n3\n".encodeToByteArray())).size shouldBe 7
                val to = directory.resolve("kotlin")
                tasks.get(to) shouldBe logo
                Files.readAllBytes(to) shouldBe film
                tasks.lines() shouldContainExactly listOf("1", "20", "3")
                tasks.failures("none") shouldBe "there is no none"
                tasks.failures("logo.png") shouldBe "1000 bytes"
                tasks.list() shouldContainExactly names
                coroutineScope {
                    with(tasks) {
                        val watching = watch()
                        while ("all that was there" !in seen) delay(5.milliseconds)
                        change()
                        while ("deleted measurements" !in seen) delay(5.milliseconds)
                        watching.cancelAndJoin()
                    }
                }
                tasks.seen.take(4) shouldContainExactly names.map { "put $it" } + "all that was there"
                tasks.seen shouldContain "put logos/2026.png"
                tasks.link() shouldBe logo
                tasks.manage() shouldContainExactly listOf("assets")
                nats.drain()
            }
        }

        test("what the guide shows works, in Java") {
            objectServer().use { server ->
                NatsClient.connect(server.url).use { nats ->
                    val tasks = JavaTasks(nats)
                    tasks.create()
                    tasks.put(logo).chunks shouldBe 1
                    tasks.putFile(from).chunks shouldBe 3
                    tasks.told shouldContainExactly stored
                    tasks.putStream("1\n20\n3\n".byteInputStream()).size shouldBe 7
                    val to = directory.resolve("java")
                    tasks.get(to) shouldBe logo
                    Files.readAllBytes(to) shouldBe film
                    tasks.lines() shouldContainExactly listOf("1", "20", "3")
                    tasks.failures("none") shouldBe "there is no none"
                    tasks.failures("logo.png") shouldBe "1000 bytes"
                    tasks.list() shouldContainExactly names
                    tasks.watch()
                    tasks.seen shouldContainExactly names.map { "put $it" }
                    tasks.change()
                    tasks.link() shouldBe logo
                    tasks.manage() shouldContainExactly listOf("assets")
                }
            }
        }
    })
