package dev.midge.nats.internal.client

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Seam
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.delay
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.ThreadFactory
import java.util.concurrent.TimeUnit
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private const val TOGETHER = 20
private val echo = Subject("echo")
private val hole = Subject("hole")

private class Client(val nats: NatsConnection, private val dispatcher: CoroutineDispatcher) {
    val seam: Seam = nats.seam(echo)

    fun request(subject: Subject = echo, timeout: Duration = 1.hours): CompletableFuture<NatsMessage> =
        checkNotNull(seam.requestFuture(subject, "hi".encodeToByteArray(), Headers.Empty, timeout, dispatcher))

    /** Where a future that completes later does so. */
    fun threadOf(future: CompletableFuture<NatsMessage>): String = future.thenApply { Thread.currentThread().name }.get()
}

private fun FunSpec.futures(name: String, dispatcher: () -> CoroutineDispatcher = { Dispatchers.IO }, test: suspend Client.() -> Unit) {
    test(name).config(timeout = 20.seconds) {
        EmbeddedNatsServer.start().use { server ->
            val nats = NatsConnection(server.url)
            val responder = NatsConnection(server.url)
            try {
                responder.respond("echo") { it.payload }
                responder.respond("fail") { throw ServiceErrorException(418, "teapot") }
                responder.respond("slow") {
                    delay(20.milliseconds)
                    it.payload
                }
                val together = ArrayList<String>()
                responder.subscribe("together") { request ->
                    together += request.replyTo!!
                    if (together.size == TOGETHER) together.forEach { responder.publish(it) }
                }
                responder.subscribeInline("hole") { }
                responder.flush()
                // Opens the inbox.
                nats.request("echo")
                Client(nats, dispatcher()).test()
            } finally {
                nats.close()
                responder.close()
            }
        }
    }
}

private fun named(name: String) = Executors.newSingleThreadExecutor(ThreadFactory { Thread(it, name).apply { isDaemon = true } })

class FutureReplySpec :
    FunSpec({
        futures("a future completes with the reply, on the dispatcher", { named("own").asCoroutineDispatcher() }) {
            threadOf(request(Subject("slow"))) shouldBe "own"
            request().get().text() shouldBe "hi"
            nats.stats().pendingRequests shouldBe 0
        }

        futures("a dispatcher that dispatches nothing has its futures complete off the reader", { Dispatchers.Unconfined }) {
            threadOf(request(Subject("slow"))) shouldStartWith "DefaultDispatcher"
        }

        futures("an executor that was shut down leaves no future open", { named("gone").also { it.shutdown() }.asCoroutineDispatcher() }) {
            request().get().text() shouldBe "hi"
        }

        futures("what went wrong fails the future") {
            shouldThrow<ExecutionException> { request(Subject("nobody")).get() }.cause.shouldBeInstanceOf<NoRespondersException>()
            val late = shouldThrow<ExecutionException> { request(hole, 5.milliseconds).get() }.cause
            late.shouldBeInstanceOf<RequestTimeoutException>().timeout shouldBe 5.milliseconds
            val refusal = shouldThrow<ExecutionException> { request(Subject("fail")).get() }.cause
            refusal.shouldBeInstanceOf<ServiceErrorException>().code shouldBe 418
            val waiting = request(hole)
            nats.close()
            shouldThrow<ExecutionException> { waiting.get() }.cause.shouldBeInstanceOf<ConnectionClosedException>()
            seam.requestFuture(echo, ByteArray(0), Headers.Empty, null, Dispatchers.IO).shouldBeNull()
        }

        futures("whoever cancels or completes a future withdraws its request") {
            request(hole).cancel(false) shouldBe true
            request(hole).complete(NatsMessage("a", ByteArray(0))) shouldBe true
            request(hole).completeExceptionally(IllegalStateException()) shouldBe true
            shouldThrow<ExecutionException> { request(hole).orTimeout(1, TimeUnit.MILLISECONDS).get() }
            nats.stats().pendingRequests shouldBe 0
        }

        futures("what is chained to a future may block until other futures complete") {
            val all = CountDownLatch(TOGETHER)
            val chained = List(TOGETHER) {
                request(Subject("together")).thenAccept {
                    all.countDown()
                    all.await()
                }
            }
            chained.forEach { it.get() }
        }
    })
