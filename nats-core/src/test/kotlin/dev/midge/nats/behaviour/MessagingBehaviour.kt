package dev.midge.nats.behaviour

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.io.Buffer
import kotlinx.io.writeString
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicInteger

private const val ORDERED_MESSAGES = 100_000
private const val MANY_SUBSCRIPTIONS = 10_000

/** Publishing and subscribing, whatever the server. */
fun FunSpecRootScope.messagingBehaviour(servers: Servers) {
    behaviour("delivers what is published, with subject, reply subject and payload", servers) {
        val nats = connection()
        val people = nats.subscribe("people.joe")
        nats.publish("people.joe", "hello".encodeToByteArray(), replyTo = "answers")
        val message = people.first()
        message.subject shouldBe "people.joe"
        message.replyTo shouldBe "answers"
        message.text() shouldBe "hello"
        message.headers shouldBe Headers.Empty
        message.status shouldBe null
    }

    behaviour("delivers an empty payload", servers) {
        val nats = connection()
        val subscription = nats.subscribe("empty")
        nats.publish("empty")
        subscription.first().payload.size shouldBe 0
    }

    behaviour("takes a payload as array, slice, ByteBuffer and Source", servers) {
        val nats = connection()
        val subject = Subject("forms")
        val received = nats.subscribe(subject)
        nats.publish(subject, "array".encodeToByteArray())
        nats.publish(subject, "a slice of it".encodeToByteArray(), 2, 5)
        val buffer = ByteBuffer.wrap("a buffer!".encodeToByteArray()).position(2).limit(8)
        nats.publish(subject, buffer)
        nats.publish(subject, Buffer().apply { writeString("source") })
        received.take(4).map { it.text() }.toList() shouldContainExactly listOf("array", "slice", "buffer", "source")
        buffer.position() shouldBe 2
    }

    behaviour("copies the payload before publish returns", servers) {
        val nats = connection()
        val received = nats.subscribe("copied")
        val payload = "before".encodeToByteArray()
        nats.publish("copied", payload)
        payload.fill('x'.code.toByte())
        received.first().text() shouldBe "before"
    }

    behaviour("matches the wildcards * and >", servers) {
        val nats = connection()
        val one = nats.subscribe("orders.*.created")
        val rest = nats.subscribe("orders.>")
        nats.publish("orders.eu.created", "1".encodeToByteArray())
        nats.publish("orders.eu", "2".encodeToByteArray())
        nats.publish("orders.us.created", "3".encodeToByteArray())
        nats.publish("orders.eu.x.created", "4".encodeToByteArray())
        nats.flush()
        one.unsubscribe()
        rest.unsubscribe()
        one.toList().map { it.subject } shouldContainExactly listOf("orders.eu.created", "orders.us.created")
        rest.toList().map(NatsMessage::text) shouldContainExactly listOf("1", "2", "3", "4")
    }

    behaviour("takes UTF-8 subjects", servers) {
        val nats = connection()
        val subscription = nats.subscribe("größe.*")
        nats.publish("größe.日本", "ok".encodeToByteArray())
        subscription.first().subject shouldBe "größe.日本"
    }

    behaviour("shares messages between the members of a queue group, and gives all to a plain subscription", servers) {
        val nats = connection()
        val counts = List(3) { AtomicInteger() }
        val members = counts.map { count -> nats.subscribe("work", queueGroup = "workers") { count.incrementAndGet() } }
        val plain = nats.subscribe("work")
        repeat(3_000) { nats.publish("work", "$it".encodeToByteArray()) }
        nats.flush()
        members.forEach { it.drain() }
        plain.unsubscribe()
        plain.toList().size shouldBe 3_000
        counts.sumOf { it.get() } shouldBe 3_000
        // A fair choice gives 1,000 each with a deviation of 26; half of that is out of reach of chance.
        counts.forEach { it.get().toLong() shouldBeGreaterThan 500 }
    }

    behaviour("carries headers with several values, empty values, spaces and UTF-8", servers) {
        val nats = connection()
        val subscription = nats.subscribe("headers")
        val headers = Headers.of(
            "Trace-Id" to "7f3a",
            "Accept" to "json",
            "Accept" to "cbor",
            "Empty" to "",
            "Name" to " Jörg : \"x\"",
            "trace-id" to "other",
        )
        nats.publish("headers", "body".encodeToByteArray(), headers)
        val message = subscription.first()
        message.headers shouldBe headers
        message.headers.values("Accept") shouldContainExactly listOf("json", "cbor")
        message.text() shouldBe "body"
    }

    behaviour("delivers exactly as many messages as an auto-unsubscribe asks for", servers) {
        val nats = connection()
        val subscription = nats.subscribe("limited")
        subscription.unsubscribe(afterMessages = 5)
        repeat(20) { nats.publish("limited", "$it".encodeToByteArray()) }
        subscription.map { it.text() }.toList() shouldContainExactly listOf("0", "1", "2", "3", "4")
        subscription.isActive shouldBe false
        nats.flush()
        nats.stats().subscriptions shouldBe 0
    }

    behaviour("ends at once when an auto-unsubscribe asks for no more than has come already", servers) {
        val nats = connection()
        val subscription = nats.subscribe("limited.late")
        repeat(10) { nats.publish("limited.late", "$it".encodeToByteArray()) }
        nats.flush()
        subscription.unsubscribe(afterMessages = 7)
        subscription.isActive shouldBe false
        repeat(10) { nats.publish("limited.late", "late".encodeToByteArray()) }
        nats.flush()
        subscription.toList().size shouldBe 10
    }

    behaviour("delivers nothing after unsubscribe", servers) {
        val nats = connection()
        val subscription = nats.subscribe("ended")
        nats.publish("ended", "1".encodeToByteArray())
        nats.flush()
        subscription.unsubscribe()
        nats.publish("ended", "2".encodeToByteArray())
        nats.flush()
        subscription.toList().map(NatsMessage::text) shouldContainExactly listOf("1")
    }

    behaviour("does not deliver a connection's own messages when echo is off", servers) {
        val silent = connection { echo = false }
        val other = connection()
        val subscription = silent.subscribe("echo")
        silent.flush()
        silent.publish("echo", "own".encodeToByteArray())
        silent.flush()
        other.publish("echo", "foreign".encodeToByteArray())
        subscription.first().text() shouldBe "foreign"
    }

    behaviour("works on a verbose and pedantic connection", servers) {
        val nats = connection {
            verbose = true
            pedantic = true
        }
        val subscription = nats.subscribe("checked.*")
        repeat(100) { nats.publish("checked.$it", "$it".encodeToByteArray()) }
        subscription.take(100).toList().size shouldBe 100
    }

    behaviour(
        "takes a payload of max_payload and refuses one byte more before anything is sent",
        servers,
        ServerSettings(maxPayload = 100_000),
    ) {
        val nats = connection()
        val subscription = nats.subscribe("large")
        nats.publish("large", ByteArray(100_000) { it.toByte() })
        val error = shouldThrow<PayloadTooLargeException> { nats.publish("large", ByteArray(100_001)) }
        error.size shouldBe 100_001
        error.maxPayload shouldBe 100_000
        val headers = Headers.of("a" to "b")
        shouldThrow<PayloadTooLargeException> { nats.publish("large", ByteArray(100_000), headers) }
        nats.publish("large", "after".encodeToByteArray())
        val (first, second) = subscription.take(2).toList()
        first.payload shouldBe ByteArray(100_000) { it.toByte() }
        second.text() shouldBe "after"
    }

    behaviour("carries payloads of every size up to 1 MiB", servers) {
        val nats = connection()
        val subscription = nats.subscribe("sizes")
        val sizes = listOf(0, 1, 15, 16, 1023, 8_191, 8_192, 8_193, 65_500, 65_536, 65_537, 131_072, 1_000_000, 1_048_576)
        launchPublishing(nats, sizes)
        subscription.take(sizes.size).toList().forEachIndexed { index, message ->
            message.payload shouldBe ByteArray(sizes[index]) { (it * 31 + index).toByte() }
        }
    }

    behaviour("delivers 100,000 messages in order", servers) {
        val nats = connection()
        val subject = Subject("ordered")
        val subscription = nats.subscribe(subject, overflow = dev.midge.nats.Overflow.DropNewest(messages = ORDERED_MESSAGES))
        coroutineScope {
            val received = async { subscription.take(ORDERED_MESSAGES).map { it.text().toInt() }.toList() }
            repeat(ORDERED_MESSAGES) { nats.publish(subject, it.toString().encodeToByteArray()) }
            received.await() shouldBe List(ORDERED_MESSAGES) { it }
        }
        subscription.droppedMessages shouldBe 0
    }

    behaviour("keeps the order of each of eight concurrent publishers", servers) {
        val nats = connection()
        val subscription = nats.subscribe("lanes.*")
        coroutineScope {
            repeat(8) { lane -> launch { repeat(2_000) { nats.publish("lanes.$lane", "$it".encodeToByteArray()) } } }
            val lanes = subscription.take(16_000).toList().groupBy({ it.subject }, { it.text().toInt() })
            lanes.values.forEach { it shouldBe List(2_000) { number -> number } }
        }
    }

    behaviour("holds 10,000 subscriptions", servers) {
        val nats = connection()
        val counts = AtomicInteger()
        repeat(MANY_SUBSCRIPTIONS) { number -> nats.subscribeInline("many.$number") { counts.incrementAndGet() } }
        repeat(MANY_SUBSCRIPTIONS) { number -> nats.publish("many.$number") }
        nats.flush()
        counts.get() shouldBe MANY_SUBSCRIPTIONS
        nats.stats().subscriptions shouldBe MANY_SUBSCRIPTIONS
    }

    behaviour("a cold Flow subscribes for each collector and leaves nothing behind", servers) {
        val nats = connection()
        val messages = nats.messages("cold")
        nats.connect()
        nats.stats().subscriptions shouldBe 0
        coroutineScope {
            val collectors = List(2) { async { messages.take(2).map { it.text().toInt() }.toList() } }
            // A cold Flow does not tell when it has subscribed: there is a message for it whenever that is.
            var number = 0
            while (collectors.any { it.isActive }) {
                nats.publish("cold", "${number++}".encodeToByteArray())
                nats.flush()
            }
            collectors.forEach {
                val (first, second) = it.await()
                second shouldBe first + 1
            }
        }
        nats.stats().subscriptions shouldBe 0
    }

    behaviour("an inline handler sees every message in order", servers) {
        val nats = connection()
        val seen = ArrayList<Int>()
        nats.subscribeInline("inline") { seen.add(it.text().toInt()) }
        repeat(1_000) { nats.publish("inline", "$it".encodeToByteArray()) }
        nats.flush()
        seen shouldBe List(1_000) { it }
    }

    behaviour("drops nothing that a drained subscription has been sent", servers) {
        val nats = connection()
        val handled = AtomicInteger()
        val subscription = nats.subscribe("drained") { handled.incrementAndGet() }
        repeat(10_000) { nats.publish("drained") }
        subscription.drain()
        handled.get() shouldBe 10_000
        nats.publish("drained")
        nats.flush()
        handled.get() shouldBe 10_000
    }

    behaviour("a drained connection has handled and sent everything", servers) {
        val other = connection()
        val results = other.subscribe("results")
        other.flush()
        val nats = connection()
        nats.subscribe("tasks") { nats.publish("results", it.payload) }
        repeat(1_000) { nats.publish("tasks", "$it".encodeToByteArray()) }
        nats.drain()
        results.unsubscribeAfterFlush(other)
        results.toList().map { it.text().toInt() } shouldContainExactlyInAnyOrder List(1_000) { it }
    }

    behaviour("a closed connection has sent everything that was published", servers) {
        val other = connection()
        val received = other.subscribe("last.words")
        other.flush()
        val nats = connection()
        repeat(5_000) { nats.publish("last.words", "$it".encodeToByteArray()) }
        nats.close()
        received.unsubscribeAfterFlush(other)
        received.toList().map { it.text().toInt() } shouldBe List(5_000) { it }
    }

    behaviour("tryPublish sends while there is room and refuses before the connection is open", servers) {
        val nats = connection()
        val subject = Subject("tried")
        nats.tryPublish(subject, ByteArray(1)) shouldBe false
        val subscription = nats.subscribe(subject)
        nats.tryPublish(subject, "now".encodeToByteArray()) shouldBe true
        subscription.first().text() shouldBe "now"
    }

    behaviour("messages queued before the subscriber left do not reach the next one", servers) {
        val nats = connection()
        val first = nats.subscribe("reused")
        nats.publish("reused", "old".encodeToByteArray())
        nats.flush()
        first.unsubscribe()
        val second = nats.subscribe("reused")
        nats.flush()
        second.unsubscribe()
        second.toList().shouldBeEmpty()
    }
}

private suspend fun BehaviourScope.launchPublishing(nats: dev.midge.nats.NatsConnection, sizes: List<Int>) {
    sizes.forEachIndexed { index, size -> nats.publish("sizes", ByteArray(size) { (it * 31 + index).toByte() }) }
}

private suspend fun dev.midge.nats.Subscription.unsubscribeAfterFlush(connection: dev.midge.nats.NatsConnection) {
    connection.flush()
    unsubscribe()
}
