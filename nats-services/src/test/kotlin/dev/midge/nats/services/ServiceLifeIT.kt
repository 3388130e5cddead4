package dev.midge.nats.services

import dev.midge.nats.NatsConnection
import dev.midge.nats.NoRespondersException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import dev.midge.nats.services.fixtures.onServer
import dev.midge.nats.services.fixtures.serverVersions
import dev.midge.nats.services.fixtures.serviceTest
import dev.midge.nats.services.fixtures.until
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds

private const val DENIED = """
authorization {
  users = [
    { user: svc, password: svc, permissions: { subscribe: { deny: "secret.>" }, publish: ">" } }
  ]
}
"""

class ServiceLifeIT :
    FunSpec({
        for (version in serverVersions) {
            serviceTest("stopping answers what has come, takes nothing more, and leaves nothing behind", version) {
                val go = CompletableDeferred<Unit>()
                val entered = AtomicInteger()
                val service = nats.service(name, "1.0.0") {
                    endpoint("slow", EndpointOptions { subject = "$name.slow" }) {
                        entered.incrementAndGet()
                        go.await()
                        it.payload
                    }
                }
                val inbox = caller.newInbox()
                val answers = caller.subscribe(inbox)
                repeat(5) { caller.publish(Subject("$name.slow"), "$it".encodeToByteArray(), replyTo = inbox) }
                caller.flush()
                until { entered.get() == 1 }
                val stopping = async { service.stop() }
                until { !service.isActive }
                caller.services().ping(name, service.id, 30.seconds).toList().size shouldBe 1
                go.complete(Unit)
                answers.take(5).toList().map { it.text() } shouldContainExactly (0 until 5).map { "$it" }
                stopping.await()
                service.awaitEnd()
                service.stop()
                shouldThrow<NoRespondersException> { ask("slow") }
                caller.services().ping(name).toList() shouldBe emptyList()
                nats.stats().subscriptions shouldBe 0
                shouldThrow<IllegalStateException> { service.add { endpoint("late") { it.payload } } }
                nats.stats().subscriptions shouldBe 0
            }

            serviceTest("whoever looks for services does not wait for handlers", version) {
                val release = CountDownLatch(1)
                val threads = Runtime.getRuntime().availableProcessors().coerceAtLeast(2) * 2
                val service = nats.service(name, "1.0.0") {
                    endpoint(
                        "block",
                        EndpointOptions {
                            subject = "$name.block"
                            concurrency = threads
                        },
                    ) {
                        // As no handler should, so that no thread of the dispatcher is left.
                        release.await()
                        it.payload
                    }
                }
                val asked = withContext(Dispatchers.IO) {
                    val asked = List(threads) { async { caller.requestText("$name.block", "", timeout = 60.seconds) } }
                    try {
                        nats.flush()
                        val raw = NatsConnection(server.url) { dispatcher = Dispatchers.IO }
                        raw.use {
                            raw.services().ping(name, service.id, 30.seconds).toList().size shouldBe 1
                            raw.services().stats(name, service.id, 30.seconds).toList().size shouldBe 1
                        }
                    } finally {
                        release.countDown()
                    }
                    asked
                }
                asked.forEach { it.await() }
            }

            serviceTest("endpoints may be added to a service that runs", version) {
                val service = nats.service(name, "1.0.0") {}
                service.info().endpoints shouldBe emptyList()
                service.add { group(name) { endpoint("late") { it.payload } } }
                ask("late", "x") shouldBe "x"
                service.info().endpoints.single().queueGroup shouldBe "q"
            }

            serviceTest("endpoints that are added later are in the queue group of their service", version) {
                for (group in listOf("auditors", null)) {
                    val service = nats.service(name, "1.0.0") { if (group == null) noQueueGroup() else queueGroup(group) }
                    service.add { group(name) { endpoint("late") { it.payload } } }
                    service.info().endpoints.single().queueGroup shouldBe group
                    service.stop()
                }
            }

            serviceTest("a handler that stops its own service is told so, and may close it", version) {
                var service: Service? = null
                service = nats.service(name, "1.0.0") {
                    group(name) {
                        endpoint("stop") { ByteArray(0).also { service!!.stop() } }
                        endpoint("close") { "closing".encodeToByteArray().also { service!!.close() } }
                    }
                }
                shouldThrow<ServiceErrorException> { ask("stop") }.code shouldBe 500
                service.isActive shouldBe true
                ask("close") shouldBe "closing"
                service.awaitEnd()
            }

            serviceTest("a service ends with its client", version) {
                val own = NatsConnection(server.url)
                val service = own.service(name, "1.0.0") { group(name) { endpoint("a") { it.payload } } }
                own.drain()
                service.awaitEnd()
                service.isActive shouldBe false
                service.stop()
            }

            test("a subscription that the server refuses ends the service with its cause, on nats-server $version") {
                withContext(Dispatchers.Default) {
                    NatsServerProcess.start {
                        this.version = version
                        config = DENIED
                    }.use { server ->
                        NatsConnection(server.url.replace("nats://", "nats://svc:svc@")).use { nats ->
                            val refused = shouldThrow<PermissionViolationException> {
                                nats.service("orders", "1.0.0") {
                                    endpoint("open") { it.payload }
                                    endpoint("secret", EndpointOptions { subject = "secret.a" }) { it.payload }
                                }
                            }
                            refused.subject shouldBe "secret.a"
                            nats.services().ping("orders").toList() shouldBe emptyList()
                            val service = nats.service("orders", "1.0.0") { endpoint("open") { it.payload } }
                            launch {
                                runCatching { service.add { endpoint("secret", EndpointOptions { subject = "secret.b" }) { it.payload } } }
                            }
                            shouldThrow<PermissionViolationException> { service.awaitEnd() }.subject shouldBe "secret.b"
                            nats.services().ping("orders").toList() shouldBe emptyList()
                        }
                    }
                }
            }
        }

        serviceTest("what is cancelled leaves nothing behind", "2.15.1") {
            nats.connect()
            repeat(20) {
                val starting = async(start = CoroutineStart.UNDISPATCHED) { nats.service(name, "1.0.0") { endpoint("a") { it.payload } } }
                starting.cancelAndJoin()
                if (!starting.isCancelled) starting.await().stop()
                val tracing = launch(start = CoroutineStart.UNDISPATCHED) { nats.tracePath("$name.a") }
                tracing.cancelAndJoin()
                nats.stats().subscriptions shouldBe 0
            }
            val endless = flow {
                emit(ByteArray(1))
                awaitCancellation()
            }
            val service = caller.service(name, "1.0.0") { group(name) { streamingEndpoint("a") { endless } } }
            nats.requestStream("$name.a", within = 60.seconds).first()
            nats.services().ping(within = 60.seconds).first()
            nats.stats().pendingRequests shouldBe 0
            service.close()
        }

        test("a service goes on after the server was away") {
            withContext(Dispatchers.Default) {
                NatsServerProcess.start { version = "2.15.1" }.use { server ->
                    onServer(server) {
                        val service = nats.service(name, "1.0.0") { group(name) { endpoint("a") { it.payload } } }
                        ask("a", "1") shouldBe "1"
                        server.restart()
                        until { runCatching { ask("a", "2") }.getOrNull() == "2" }
                        until { caller.services().ping(name, service.id).toList().size == 1 }
                        service.isActive shouldBe true
                        service.stats().endpoints.single().requests shouldBe 2
                    }
                }
            }
        }
    })
