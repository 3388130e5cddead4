package dev.midge.nats.services

import dev.midge.nats.ServiceErrorException
import dev.midge.nats.services.fixtures.ServiceScope
import dev.midge.nats.services.fixtures.serverVersions
import dev.midge.nats.services.fixtures.serviceTest
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.nats.client.Connection
import io.nats.client.Nats
import io.nats.client.support.JsonValueUtils
import io.nats.service.Discovery
import io.nats.service.Group
import io.nats.service.ServiceBuilder
import io.nats.service.ServiceEndpoint
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.seconds

/** Runs [test] with a connection of the official client. */
private suspend fun ServiceScope.withJnats(test: suspend (Connection) -> Unit) {
    val jnats = Nats.connect(server.url)
    try {
        test(jnats)
    } finally {
        jnats.close()
    }
}

class JnatsInteropIT :
    FunSpec({
        for (version in serverVersions) {
            serviceTest("jnats finds our service, reads all of it, and calls it", version) {
                val service = nats.service(name, "1.2.0") {
                    description = "takes orders"
                    metadata = mapOf("team" to "a")
                    group(name) {
                        endpoint(
                            "echo",
                            EndpointOptions {
                                metadata = mapOf("k" to "v")
                                statsData = { """{"cached":3}""" }
                            },
                        ) { it.payload }
                        endpoint("fails", EndpointOptions { noQueueGroup() }) { throw ServiceErrorException(404, "none") }
                    }
                }
                withJnats { jnats ->
                    jnats.request("$name.echo", "hello".encodeToByteArray()).get().data.decodeToString() shouldBe "hello"
                    val error = jnats.request("$name.fails", null).get()
                    error.headers.getFirst("Nats-Service-Error-Code") shouldBe "404"
                    error.headers.getFirst("Nats-Service-Error") shouldBe "none"
                    val discovery = Discovery(jnats, 30_000, 1)
                    discovery.ping(name).single().id shouldBe service.id
                    val info = discovery.info(name, service.id)
                    info.version shouldBe "1.2.0"
                    info.description shouldBe "takes orders"
                    info.metadata shouldBe mapOf("team" to "a")
                    info.endpoints.map { it.subject } shouldContainExactly listOf("$name.echo", "$name.fails")
                    info.endpoints.map { it.queueGroup.orEmpty() } shouldContainExactly listOf("q", "")
                    info.endpoints[0].metadata shouldBe mapOf("k" to "v")
                    val stats = discovery.stats(name, service.id)
                    stats.started.toInstant() shouldBe service.stats().started
                    stats.endpointStatsList.map { it.numRequests } shouldContainExactly listOf(1, 1)
                    stats.endpointStatsList.map { it.numErrors } shouldContainExactly listOf(0, 1)
                    stats.endpointStatsList[1].lastError shouldBe "404:none"
                    stats.endpointStatsList[0].processingTime shouldBe service.stats().endpoints[0].processingTime.inWholeNanoseconds
                    stats.endpointStatsList[0].dataAsJson shouldBe """{"cached":3}"""
                }
            }

            serviceTest("a service of jnats is found, read and called by ours, and its errors are typed", version) {
                withJnats { jnats ->
                    val theirs = ServiceBuilder().connection(
                        jnats,
                    ).name(name).version("2.0.0").description("theirs").metadata(mapOf("team" to "b"))
                        .addServiceEndpoint(
                            ServiceEndpoint.builder().endpointName("echo").group(Group(name)).handler { it.respond(jnats, it.data) }
                                .statsDataSupplier { JsonValueUtils.mapBuilder().put("cached", 3).toJsonValue() }.build(),
                        )
                        .addServiceEndpoint(
                            ServiceEndpoint.builder().endpointName("fails").group(Group(name))
                                .handler { it.respondStandardError(jnats, "none", 404) }.build(),
                        ).build()
                    val ended = theirs.startService()
                    jnats.flush(java.time.Duration.ofSeconds(10))
                    ask("echo", "hello") shouldBe "hello"
                    shouldThrow<ServiceErrorException> { ask("fails") }.apply {
                        code shouldBe 404
                        this.error shouldBe "none"
                    }
                    val services = caller.services()
                    services.ping(name, theirs.id, 30.seconds).toList().single().id shouldBe theirs.id
                    val info = services.info(name, theirs.id, 30.seconds).toList().single()
                    info.description shouldBe "theirs"
                    info.metadata shouldBe mapOf("team" to "b")
                    info.endpoints.map { it.subject }.sorted() shouldContainExactly listOf("$name.echo", "$name.fails")
                    val stats = services.stats(name, theirs.id, 30.seconds).toList().single()
                    val echo = stats.endpoints.single { it.name == "echo" }
                    echo.requests shouldBe 1
                    echo.errors shouldBe 0
                    echo.data shouldBe """{"cached":3}"""
                    theirs.stop()
                    ended.get()
                }
            }
        }
    })
