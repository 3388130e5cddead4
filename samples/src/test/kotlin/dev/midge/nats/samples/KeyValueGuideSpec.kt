package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.kv.createKeyValue
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds
import dev.midge.nats.samples.java.KeyValueTasks as JavaTasks

private fun jetStreamServer() = NatsServerProcess.start {
    version = "2.15.1"
    jetStream = true
}

private val watched = listOf("api.upload: 5", "api.search: 20", "api.search: null")

/** docs/key-value.md shows what the compilers saw, and what it shows works. */
class KeyValueGuideSpec :
    FunSpec({
        test("every snippet of the guide is compiled, in both languages") {
            shownIn("docs/key-value.md", "kotlin") shouldContainExactlyInAnyOrder
                snippetsOf("kotlin/dev/midge/nats/samples/KeyValueTasks.kt")
            shownIn("docs/key-value.md", "java") shouldContainExactlyInAnyOrder
                snippetsOf("java/dev/midge/nats/samples/java/KeyValueTasks.java")
        }

        test("what the guide shows works, in Kotlin") {
            jetStreamServer().use { server ->
                val nats = NatsConnection(server.url)
                val tasks = KeyValueTasks(nats)
                val limits = tasks.create()
                tasks.putAndGet(limits)?.value?.requests shouldBe 100
                tasks.createOnce(limits) shouldBe "mine"
                tasks.createOnce(limits) shouldStartWith "taken"
                tasks.change(limits) shouldBe true
                coroutineScope {
                    with(tasks) {
                        val watching = watch(limits)
                        while (seen.size < 2) delay(5.milliseconds)
                        limits.delete("api.search")
                        while (seen.size < 3) delay(5.milliseconds)
                        watching.cancelAndJoin()
                    }
                }
                tasks.seen shouldBe watched
                tasks.keys(limits) shouldBe listOf("api.upload")
                tasks.history(limits).size shouldBe 5
                tasks.text() shouldBe listOf("/etc/my hosts")
                tasks.failures() shouldStartWith "revision"
                nats.jetStream().createKeyValue("flags")
                val near = tasks.mirror()
                while (near.get("api.upload") == null) delay(5.milliseconds)
                tasks.manage(limits).config.history shouldBe 10
                tasks.delete()
                nats.drain()
            }
        }

        test("what the guide shows works, in Java") {
            jetStreamServer().use { server ->
                NatsClient.connect(server.url).use { nats ->
                    val tasks = JavaTasks(nats)
                    val limits = tasks.create()
                    tasks.putAndGet(limits).value.requests shouldBe 100
                    tasks.createOnce(limits) shouldBe "mine"
                    tasks.createOnce(limits) shouldStartWith "taken"
                    tasks.change(limits) shouldBe true
                    tasks.watch(limits) {
                        while (tasks.seen.size < 2) Thread.onSpinWait()
                        limits.delete("api.search")
                        while (tasks.seen.size < 3) Thread.onSpinWait()
                    }
                    tasks.seen shouldBe watched
                    tasks.keys(limits) shouldBe listOf("api.upload")
                    tasks.history(limits).size shouldBe 5
                    tasks.text() shouldBe listOf("/etc/my hosts")
                    tasks.failures(limits) shouldStartWith "revision"
                    runBlocking { nats.toKotlin().jetStream().createKeyValue("flags") }
                    val near = tasks.mirror()
                    while (near.get("api.upload").isEmpty) Thread.onSpinWait()
                    tasks.manage(limits).config.history shouldBe 10
                    tasks.delete()
                }
            }
        }
    })
