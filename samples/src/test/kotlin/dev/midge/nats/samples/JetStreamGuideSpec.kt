package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.milliseconds
import dev.midge.nats.samples.java.JetStreamTasks as JavaTasks

private val payload = "coffee".encodeToByteArray()

private fun jetStreamServer() = NatsServerProcess.start {
    version = "2.15.1"
    jetStream = true
}

/** docs/jetstream.md shows what the compilers saw, and what it shows works. */
class JetStreamGuideSpec :
    FunSpec({
        test("every snippet of the guide is compiled, in both languages") {
            shownIn("docs/jetstream.md", "kotlin") shouldContainExactlyInAnyOrder
                snippetsOf("kotlin/dev/midge/nats/samples/JetStreamTasks.kt")
            shownIn("docs/jetstream.md", "java") shouldContainExactlyInAnyOrder
                snippetsOf("java/dev/midge/nats/samples/java/JetStreamTasks.java")
        }

        test("what the guide shows works, in Kotlin") {
            jetStreamServer().use { server ->
                val nats = NatsConnection(server.url)
                val tasks = JetStreamTasks(nats, payload)
                val orders = tasks.create()
                tasks.publish().sequence shouldBe 1
                tasks.expect(last = 0) shouldBe true
                tasks.expect(last = 0) shouldBe false
                tasks.publishMany(listOf("a", "b", "broken").map { it.encodeToByteArray() }) shouldBe 5
                orders.update { allowAtomicPublish = true }
                tasks.batch().batchCount shouldBe 2
                tasks.fetch(orders) shouldBe listOf("a", "b", "broken")
                val billing = orders.createConsumer("again") { filterSubjects("orders.new") }
                tasks.consume(billing) { while (tasks.billed.size < 3) delay(5.milliseconds) }
                tasks.billed shouldContainExactlyInAnyOrder listOf("coffee", "a", "b")
                coroutineScope {
                    with(tasks) {
                        val events = events()
                        val collecting = messages(orders.createConsumer("third") { filterSubjects("orders.17.audit") })
                        while (billed.size < 4) delay(5.milliseconds)
                        collecting.cancelAndJoin()
                        events.cancelAndJoin()
                    }
                }
                tasks.ordered(orders, 3) shouldBe listOf("coffee", "coffee", "a")
                tasks.read(orders) shouldBe 4
                val file = tempdir().toPath().resolve("orders.backup")
                tasks.manage(orders, file) shouldBe 7
                orders.delete()
                tasks.restore(file).info().state.messages shouldBe 7
                val typed = tasks.values(orders.createConsumer("typed") { filterSubjects("orders.typed") })
                while (typed.handled < 1) delay(5.milliseconds)
                typed.stop()
                tasks.failures() shouldBe "no stream takes nobody.listens"
                nats.drain()
            }
        }

        test("what the guide shows works, in Java") {
            jetStreamServer().use { server ->
                NatsClient.connect(server.url).use { nats ->
                    val tasks = JavaTasks(nats, payload)
                    val orders = tasks.create()
                    tasks.publish().sequence shouldBe 1
                    tasks.expect(0) shouldBe true
                    tasks.expect(0) shouldBe false
                    tasks.publishMany(listOf("a", "b", "broken").map { it.encodeToByteArray() }) shouldBe 5
                    orders.update { it.allowAtomicPublish(true) }
                    tasks.batch().batchCount shouldBe 2
                    tasks.fetch(orders) shouldBe listOf("a", "b", "broken")
                    tasks.consume(orders.createConsumer("again") { it.filterSubjects("orders.new") }) {
                        while (tasks.billed.size < 3) Thread.onSpinWait()
                    }
                    tasks.billed shouldContainExactlyInAnyOrder listOf("coffee", "a", "b")
                    tasks.ordered(orders, 3) shouldBe listOf("coffee", "coffee", "a")
                    tasks.read(orders) shouldBe 4
                    val file = tempdir().toPath().resolve("orders.backup")
                    tasks.manage(orders, file) shouldBe 7
                    orders.delete()
                    tasks.restore(file).info().state.messages shouldBe 7
                    tasks.values(orders.createConsumer("typed") { it.filterSubjects("orders.typed") }).use { typed ->
                        while (typed.handled() < 1) Thread.onSpinWait()
                    }
                    tasks.failures() shouldBe "no stream takes nobody.listens"
                }
            }
        }
    })
