package dev.midge.nats.testing

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.nats.client.Connection
import io.nats.client.ErrorListener
import io.nats.client.Nats
import io.nats.client.Options
import io.nats.client.impl.Headers
import io.nats.client.impl.NatsMessage
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** The official client finds in the embedded server what it expects of a server. */
class EmbeddedServerJnatsSpec :
    FunSpec({
        val server = EmbeddedNatsServer.start()
        afterSpec { server.close() }

        fun connect(): Connection = Nats.connect(Options.builder().server(server.url).build())

        test("messages arrive with their headers and reply subjects") {
            connect().use { nats ->
                val subscription = nats.subscribe("people.*")
                val headers = Headers().add("Lang", "en", "de")
                nats.publish(
                    NatsMessage
                        .builder()
                        .subject("people.joe")
                        .replyTo("answer")
                        .headers(headers)
                        .data("hi")
                        .build(),
                )
                val message = subscription.nextMessage(TIMEOUT).shouldNotBeNull()
                message.subject shouldBe "people.joe"
                message.replyTo shouldBe "answer"
                message.headers["Lang"] shouldContainExactly listOf("en", "de")
                String(message.data) shouldBe "hi"
            }
        }

        test("a request gets its reply") {
            connect().use { nats ->
                val dispatcher = nats.createDispatcher { nats.publish(it.replyTo, "hi ${String(it.data)}".toByteArray()) }
                dispatcher.subscribe("greet", "workers")
                val reply = nats.request("greet", "joe".toByteArray(), TIMEOUT).shouldNotBeNull()
                String(reply.data) shouldBe "hi joe"
            }
        }

        test("a request without responders fails at once") {
            connect().use { nats ->
                val failure = shouldThrow<Exception> { nats.request("nobody", ByteArray(0)).get(5, TimeUnit.SECONDS) }
                (failure is CancellationException || failure is ExecutionException) shouldBe true
            }
        }

        test("a queue group shares the work between connections") {
            val counts = List(3) { AtomicInteger() }
            val workers =
                counts.map { count ->
                    connect().also { worker ->
                        worker.createDispatcher { count.incrementAndGet() }.subscribe("work", "q")
                        worker.flush(TIMEOUT)
                    }
                }
            connect().use { nats ->
                repeat(3_000) { nats.publish("work", ByteArray(0)) }
                nats.flush(TIMEOUT)
            }
            // A worker that is drained has handled all that the server sent it.
            workers.forEach { it.drain(TIMEOUT).get(10, TimeUnit.SECONDS) shouldBe true }
            counts.sumOf { it.get() } shouldBe 3_000
            counts.all { it.get() > 500 } shouldBe true
        }

        test("a drain handles what is in flight") {
            val handled = AtomicInteger()
            connect().use { publisher ->
                val subscriber = connect()
                subscriber.createDispatcher { handled.incrementAndGet() }.subscribe("drained")
                subscriber.flush(TIMEOUT)
                repeat(1_000) { publisher.publish("drained", ByteArray(10)) }
                publisher.flush(TIMEOUT)
                subscriber.drain(TIMEOUT).get(10, TimeUnit.SECONDS) shouldBe true
            }
            handled.get() shouldBe 1_000
        }

        test("100,000 messages arrive in order") {
            connect().use { nats ->
                val subscription = nats.subscribe("counted")
                subscription.setPendingLimits(-1, -1)
                repeat(100_000) { nats.publish("counted", it.toString().toByteArray()) }
                repeat(100_000) { String(subscription.nextMessage(TIMEOUT).data) shouldBe it.toString() }
            }
        }

        test("a login is asked for and accepted") {
            EmbeddedNatsServer.start { user("u", "p") }.use { guarded ->
                fun options(password: String) = Options
                    .builder()
                    .server(guarded.url)
                    .userInfo("u", password)
                    .noReconnect()
                    .errorListener(object : ErrorListener {})
                    .build()
                Nats.connect(options("p")).use { it.flush(TIMEOUT) }
                shouldThrow<Exception> { Nats.connect(options("x")) }
            }
        }
    })

private val TIMEOUT: Duration = Duration.ofSeconds(5)
