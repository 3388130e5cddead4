package dev.midge.nats.interop

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.nats.client.Connection
import io.nats.client.Nats
import io.nats.client.Options
import io.nats.client.impl.NatsMessage
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import java.time.Duration
import io.nats.client.impl.Headers as JnatsHeaders

private val sizes = listOf(0, 1, 16, 4_095, 65_536, 65_537, 1_048_576)

private fun bytes(size: Int) = ByteArray(size) { (it * 7).toByte() }

// ASCII: jnats sends no other values, and its reader dies of one that it receives.
private val headerCases = mapOf(
    "one" to listOf("Trace-Id" to "7f3a"),
    "several values" to listOf("Accept" to "json", "Accept" to "cbor", "Other" to "x"),
    "empty" to listOf("Empty" to ""),
    "colons" to listOf("Url" to "nats://a:1"),
)

/** What one client sends, the other reads, through a real server. */
class JnatsInteropIT :
    FunSpec({
        val server = NatsServerProcess.start()
        val jnats: Connection = Nats.connect(Options.Builder().server(server.url).supportUTF8Subjects().build())
        val midge = NatsConnection(server.url)
        afterSpec {
            midge.close()
            jnats.close()
            server.close()
        }

        context("jnats reads what Midge publishes, of size") {
            withTests(nameFn = { "$it B" }, sizes) { size ->
                val subscription = jnats.subscribe("to.jnats")
                jnats.flush(Duration.ofSeconds(5))
                midge.publish("to.jnats", bytes(size), replyTo = "answers")
                val message = subscription.nextMessage(Duration.ofSeconds(5))
                message.data shouldBe bytes(size)
                message.replyTo shouldBe "answers"
                subscription.unsubscribe()
            }
        }

        context("Midge reads what jnats publishes, of size") {
            withTests(nameFn = { "$it B" }, sizes) { size ->
                val subscription = midge.subscribe("to.midge")
                midge.flush()
                jnats.publish("to.midge", "answers", bytes(size))
                val message = subscription.first()
                message.payload shouldBe bytes(size)
                message.replyTo shouldBe "answers"
            }
        }

        context("jnats reads Midge's headers:") {
            withTests(headerCases) { entries ->
                val subscription = jnats.subscribe("headers.to.jnats")
                jnats.flush(Duration.ofSeconds(5))
                midge.publish("headers.to.jnats", bytes(3), Headers.of(*entries.toTypedArray()))
                val message = subscription.nextMessage(Duration.ofSeconds(5))
                for ((name, values) in entries.groupBy({ it.first }, { it.second })) message.headers[name] shouldBe values
                message.data shouldBe bytes(3)
                subscription.unsubscribe()
            }
        }

        context("Midge reads jnats' headers:") {
            withTests(headerCases) { entries ->
                val subscription = midge.subscribe("headers.to.midge")
                midge.flush()
                val headers = JnatsHeaders()
                for ((name, value) in entries) headers.add(name, value)
                jnats.publish(NatsMessage.builder().subject("headers.to.midge").headers(headers).data(bytes(3)).build())
                val message = subscription.first()
                for ((name, values) in entries.groupBy({ it.first }, { it.second })) message.headers.values(name) shouldBe values
                message.payload shouldBe bytes(3)
            }
        }

        test("UTF-8 subjects go both ways") {
            val atJnats = jnats.subscribe("größe.>")
            jnats.flush(Duration.ofSeconds(5))
            midge.publish("größe.日本", bytes(1))
            atJnats.nextMessage(Duration.ofSeconds(5)).subject shouldBe "größe.日本"
            atJnats.unsubscribe()
            val atMidge = midge.subscribe("größe.>")
            midge.flush()
            jnats.publish("größe.日本", bytes(1))
            atMidge.first().subject shouldBe "größe.日本"
        }

        test("Midge asks, jnats answers") {
            val dispatcher = jnats.createDispatcher { jnats.publish(it.replyTo, it.data.reversedArray()) }
            dispatcher.subscribe("jnats.reverse")
            jnats.flush(Duration.ofSeconds(5))
            midge.request("jnats.reverse", "abc".encodeToByteArray()).text() shouldBe "cba"
            jnats.closeDispatcher(dispatcher)
        }

        test("jnats asks, Midge answers, or refuses with the headers of ADR-32") {
            midge.respond("midge.answer") { if (it.text() == "bad") throw ServiceErrorException(400, "bad request") else it.payload }
            midge.flush()
            withContext(Dispatchers.IO) {
                jnats.request("midge.answer", "abc".encodeToByteArray(), Duration.ofSeconds(5))!!.data.decodeToString() shouldBe "abc"
                val refusal = jnats.request("midge.answer", "bad".encodeToByteArray(), Duration.ofSeconds(5))!!
                refusal.headers["Nats-Service-Error-Code"] shouldBe listOf("400")
                refusal.headers["Nats-Service-Error"] shouldBe listOf("bad request")
            }
        }

        test("an error reply in the manner of ADR-32 is an exception for Midge, whoever sends it") {
            val dispatcher = jnats.createDispatcher {
                val headers = JnatsHeaders().add("Nats-Service-Error-Code", "503").add("Nats-Service-Error", "overloaded")
                jnats.publish(NatsMessage.builder().subject(it.replyTo).headers(headers).build())
            }
            dispatcher.subscribe("jnats.refuse")
            jnats.flush(Duration.ofSeconds(5))
            val error = shouldThrow<ServiceErrorException> { midge.request("jnats.refuse") }
            error.code shouldBe 503
            error.error shouldBe "overloaded"
            jnats.closeDispatcher(dispatcher)
        }

        test("members of both clients share a queue group") {
            val total = 1_000
            val jnatsCount = java.util.concurrent.atomic.AtomicInteger()
            val midgeCount = java.util.concurrent.atomic.AtomicInteger()
            val dispatcher = jnats.createDispatcher { jnatsCount.incrementAndGet() }
            dispatcher.subscribe("shared", "group")
            jnats.flush(Duration.ofSeconds(5))
            val member = midge.subscribe("shared", queueGroup = "group") { midgeCount.incrementAndGet() }
            coroutineScope {
                val publishing = async(start = CoroutineStart.UNDISPATCHED) { repeat(total) { midge.publish("shared") } }
                publishing.await()
            }
            member.drain()
            jnats.drain(Duration.ofSeconds(5)).get()
            jnatsCount.get() + midgeCount.get() shouldBe total
            (jnatsCount.get() > 0 && midgeCount.get() > 0) shouldBe true
        }
    })
