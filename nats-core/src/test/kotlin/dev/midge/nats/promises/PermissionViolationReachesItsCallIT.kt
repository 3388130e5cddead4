package dev.midge.nats.promises

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsEvent
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.PermissionViolationException.Operation
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.measureTime

private val users = """
    authorization {
      users: [
        { user: limited, password: secret, permissions: {
            publish: { deny: "forbidden.>" }, subscribe: { deny: ["forbidden.>", "queued workers"] } } }
        { user: free, password: secret }
      ]
    }
""".trimIndent()

private val bound = 250.milliseconds

class PermissionViolationReachesItsCallIT :
    FunSpec({
        for (version in serverVersions) {
            promise("a refused request or subscription fails in time, and nothing else does, on nats-server $version") {
                val server = server(version) { config = users }
                val nats = connection(server.url) { auth = NatsAuth.UserPassword("limited", "secret") }
                val events = eventsOf(nats)
                val other = nats.subscribe("allowed")
                nats.respond("echo") { it.payload }
                nats.flush()

                val request = measureTime {
                    val refused = shouldThrow<PermissionViolationException> { nats.request("forbidden.echo") }
                    refused.subject shouldBe "forbidden.echo"
                    refused.operation shouldBe Operation.PUBLISH
                }
                request shouldBeLessThanOrEqualTo bound
                val subscription = measureTime {
                    val refused = shouldThrow<PermissionViolationException> { nats.subscribe("forbidden.news").toList() }
                    refused.subject shouldBe "forbidden.news"
                    refused.operation shouldBe Operation.SUBSCRIBE
                }
                subscription shouldBeLessThanOrEqualTo bound
                nats.publish("forbidden.publish")
                val publish = measureTime {
                    events.nextSeen { it is NatsEvent.PermissionViolation && it.violation.subject == "forbidden.publish" }
                }
                publish shouldBeLessThanOrEqualTo bound

                nats.publish("allowed", "on".encodeToByteArray())
                other.first().text() shouldBe "on"
                nats.request("echo", "on".encodeToByteArray()).text() shouldBe "on"
                nats.stats().connects shouldBe 1
                // The responder and the inbox of requests.
                nats.stats().subscriptions shouldBe 2
                figure("PermissionViolationReachesItsCall $version: request $request, subscription $subscription, event $publish")
            }

            promise("a refused queue group is not the subscription without one, on nats-server $version") {
                val server = server(version) { config = users }
                val nats = connection(server.url) { auth = NatsAuth.UserPassword("limited", "secret") }
                val plain = nats.subscribe("queued")
                val allowed = nats.subscribe("queued", "others")
                val refused = nats.subscribe("queued", "workers")
                shouldThrow<PermissionViolationException> { refused.toList() }.queueGroup shouldBe "workers"
                nats.publish("queued", "on".encodeToByteArray())
                plain.first().text() shouldBe "on"
                allowed.first().text() shouldBe "on"
            }
        }
    })
