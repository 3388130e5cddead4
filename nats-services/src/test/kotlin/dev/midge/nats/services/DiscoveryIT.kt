package dev.midge.nats.services

import dev.midge.nats.services.fixtures.serverVersions
import dev.midge.nats.services.fixtures.serviceTest
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.seconds

class DiscoveryIT :
    FunSpec({
        for (version in serverVersions) {
            serviceTest("services are found all together, by name and by id", version) {
                val ours = List(3) { nats.service(name, "1.0.$it") { metadata = mapOf("n" to "$it") } }
                val other = nats.service("$name-other", "2.0.0") {}
                val services = caller.services()
                services.ping(name, within = 30.seconds).take(3).toList().map { it.id } shouldContainExactlyInAnyOrder ours.map { it.id }
                val all = services.ping(within = 30.seconds).filter { it.name.startsWith(name) }.take(4).toList()
                all.map { it.id } shouldContainExactlyInAnyOrder ours.map { it.id } + other.id
                services.info(name, ours[1].id, 30.seconds).toList().single().apply {
                    this.version shouldBe "1.0.1"
                    metadata shouldBe mapOf("n" to "1")
                    this shouldBe ours[1].info()
                }
                services.stats(name, ours[2].id, 30.seconds).toList().single() shouldBe ours[2].stats()
            }

            serviceTest("nobody there is nothing, at once, and the time is kept when somebody is", version) {
                val services = caller.services("$name.SRV")
                services.ping(within = 60.seconds).toList() shouldBe emptyList()
                services.info("none", "none", 60.seconds).toList() shouldBe emptyList()
                val service = nats.service("hidden", "1.0.0") { apiPrefix = "$name.SRV" }
                services.ping(within = 2.seconds).toList().single().id shouldBe service.id
                caller.services().ping("hidden").toList() shouldBe emptyList()
                shouldThrow<IllegalArgumentException> { services.ping(id = service.id) }
            }

            serviceTest("what is no answer of a service is left out", version) {
                val instances = List(2) { nats.service(name, "1.0.0") {} }
                nats.respond("\$SRV.INFO.$name") { "no JSON".encodeToByteArray() }
                nats.respond("\$SRV.INFO.$name") { "[1]".encodeToByteArray() }
                nats.flush()
                val found = caller.services().info(name, within = 30.seconds).take(2).toList()
                found shouldContainExactlyInAnyOrder instances.map { it.info() }
            }
        }
    })
