package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.NoRespondersException
import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import dev.midge.nats.samples.java.ServicesTasks as JavaTasks

private fun server() = NatsServerProcess.start { version = "2.15.1" }

/** Three who make offers. */
private suspend fun NatsConnection.offer() {
    repeat(3) { number -> subscribe("offers") { publish(it.replyTo!!, "offer $number".encodeToByteArray()) } }
    for (shop in listOf("north", "south")) respond("offers.$shop") { shop.encodeToByteArray() }
    flush()
}

/** docs/services.md shows what the compilers saw, and what it shows works. */
class ServicesGuideSpec :
    FunSpec({
        test("every snippet of the guide is compiled, in both languages") {
            shownIn("docs/services.md", "kotlin") shouldContainExactlyInAnyOrder
                snippetsOf("kotlin/dev/midge/nats/samples/ServicesTasks.kt")
            shownIn("docs/services.md", "java") shouldContainExactlyInAnyOrder
                snippetsOf("java/dev/midge/nats/samples/java/ServicesTasks.java")
        }

        test("what the guide shows works, in Kotlin") {
            server().use { server ->
                val nats = NatsConnection(server.url)
                val tasks = ServicesTasks(nats)
                val service = tasks.start()
                tasks.call() shouldBe "created coffee"
                tasks.fail(service)
                tasks.handle("17") shouldBe "coffee"
                tasks.handle("18") shouldBe "404: no order 18"
                tasks.typed(service) shouldBe 6
                tasks.share().info().endpoints.map { it.queueGroup } shouldContainExactly listOf("auditors", null)
                tasks.stream(service) shouldContainExactly listOf("order 1", "order 2", "order 3")
                tasks.find().first.id shouldBe service.id
                tasks.stats(service).endpoints.last().data shouldBe """{"entries":1}"""
                nats.offer()
                tasks.gather() shouldContainExactlyInAnyOrder listOf("offer 0", "offer 1", "offer 2")
                tasks.scatter() shouldContainExactlyInAnyOrder listOf("north", "south")
                tasks.trace().receivers.single().queueGroup shouldBe "q"
                tasks.stop(service)
                shouldThrow<NoRespondersException> { tasks.call() }
                nats.drain()
            }
        }

        test("what the guide shows works, in Java") {
            server().use { server ->
                NatsClient.connect(server.url).use { nats ->
                    val tasks = JavaTasks(nats)
                    val service = tasks.start()
                    tasks.call() shouldBe "created coffee"
                    tasks.fail(service)
                    tasks.handle("17") shouldBe "coffee"
                    tasks.handle("18") shouldBe "404: no order 18"
                    tasks.typed(service) shouldBe 6
                    tasks.share().info().endpoints.map { it.queueGroup } shouldContainExactly listOf("auditors", null)
                    tasks.stream(service) shouldContainExactly listOf("order 1", "order 2", "order 3")
                    tasks.find().id shouldBe service.id()
                    tasks.stats(service).endpoints.last().data shouldBe """{"entries":1}"""
                    val offering = NatsConnection(server.url)
                    offering.offer()
                    tasks.gather() shouldContainExactlyInAnyOrder listOf("offer 0", "offer 1", "offer 2")
                    tasks.scatter() shouldContainExactlyInAnyOrder listOf("north", "south")
                    tasks.trace().receivers.single().queueGroup shouldBe "q"
                    tasks.stop(service)
                    shouldThrow<NoRespondersException> { tasks.call() }
                    offering.close()
                }
            }
        }
    })
