package dev.midge.nats.behaviour

import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.channels.Channel
import java.util.Collections

/** Several handlers of one subject, whatever the server. */
fun FunSpecRootScope.sharedHandlersBehaviour(servers: Servers) {
    behaviour("handlers of one subject share one subscription of the server, and each gets every message", servers) {
        val nats = connection()
        val first = Channel<String>(Channel.UNLIMITED)
        val second = Channel<String>(Channel.UNLIMITED)
        val inline = Collections.synchronizedList(ArrayList<String>())
        val a = nats.subscribe("shared") { first.send(it.text()) }
        val b = nats.subscribe("shared") { second.send(it.text()) }
        val c = nats.subscribeInline("shared") { inline += it.text() }
        listOf(a, b, c).map { it.sid }.distinct().size shouldBe 1
        nats.stats().subscriptions shouldBe 1
        repeat(100) { nats.publish("shared", "$it".encodeToByteArray()) }
        nats.flush()
        val expected = List(100) { "$it" }
        listOf(first, second).forEach { channel -> List(100) { channel.receive() } shouldContainExactly expected }
        inline shouldContainExactly expected
        nats.stats().receivedMessages shouldBe 100
    }

    behaviour("what is collected and what is in a queue group has a subscription of its own", servers) {
        val nats = connection()
        val subscriptions = listOf(
            nats.subscribe("alone") {},
            nats.subscribe("alone"),
            nats.subscribe("alone", queueGroup = "q") {},
            nats.subscribe("alone", queueGroup = "q") {},
            nats.subscribeInline("alone", queueGroup = "q") {},
            nats.subscribe("alone.*") {},
        )
        subscriptions.map { it.sid }.distinct().size shouldBe subscriptions.size
    }

    behaviour("what a handler does to its payload is not seen by another", servers) {
        val nats = connection()
        val seen = Channel<String>(Channel.UNLIMITED)
        repeat(3) {
            nats.subscribe("payloads") {
                seen.send(it.text())
                it.payload.fill('x'.code.toByte())
            }
        }
        nats.publish("payloads", "original".encodeToByteArray())
        List(3) { seen.receive() } shouldContainExactly List(3) { "original" }
    }

    behaviour("a handler that leaves, at once, after a number of messages or by a drain, does not end the others", servers) {
        val nats = connection()
        val counts = IntArray(4)
        val subscriptions = counts.indices.map { i -> nats.subscribeInline("leave") { counts[i]++ } }
        suspend fun publish(count: Int) {
            repeat(count) { nats.publish("leave") }
            nats.flush()
        }
        publish(5)
        subscriptions[0].unsubscribe()
        subscriptions[1].unsubscribe(afterMessages = 8)
        subscriptions[2].drain()
        publish(5)
        counts.toList() shouldContainExactly listOf(5, 8, 5, 10)
        subscriptions.map { it.isActive } shouldContainExactly listOf(false, false, false, true)
        nats.stats().subscriptions shouldBe 1
        subscriptions[3].unsubscribe()
        nats.stats().subscriptions shouldBe 0
        val again = nats.subscribeInline("leave") { counts[0]++ }
        publish(1)
        counts[0] shouldBe 6
        again.drain()
        nats.stats().subscriptions shouldBe 0
    }

    behaviour("draining the connection has every handler handle what was received", servers) {
        val nats = connection()
        val counts = IntArray(3)
        counts.indices.forEach { i -> nats.subscribe("drained") { counts[i]++ } }
        repeat(1_000) { nats.publish("drained") }
        nats.flush()
        nats.drain()
        counts.toList() shouldContainExactly List(3) { 1_000 }
    }
}
