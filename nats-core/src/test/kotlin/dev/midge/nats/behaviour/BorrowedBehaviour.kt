package dev.midge.nats.behaviour

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.io.readByteArray
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicReference

/** Handlers that are lent what was read, whatever the server. */
@OptIn(DelicateNatsApi::class)
fun FunSpecRootScope.borrowedBehaviour(servers: Servers) {
    behaviour("a borrowed message shows all that was sent, and its copies outlive it", servers) {
        val nats = connection()
        val copies = ConcurrentLinkedQueue<NatsMessage>()
        val seen = ConcurrentLinkedQueue<String>()
        nats.subscribeBorrowed("lent.*") { message ->
            message.payload() shouldBe message.source().readByteArray()
            message.payload() shouldBe message.array.copyOfRange(message.offset, message.offset + message.size)
            seen += "${message.subject} ${message.replyTo} ${message.headers["n"]} ${message.text()}"
            copies += message.toMessage()
        }
        repeat(1000) { nats.publish("lent.$it", "text $it".encodeToByteArray(), Headers.of("n" to "$it"), replyTo = "reply.$it") }
        nats.publish("lent.bare")
        nats.flush()
        val expected = List(1000) { "lent.$it reply.$it $it text $it" } + "lent.bare null null "
        seen.toList() shouldBe expected
        copies.map { "${it.subject} ${it.replyTo} ${it.headers["n"]} ${it.text()}" } shouldBe expected
    }

    behaviour("a message that came in many pieces is lent whole", servers) {
        val nats = connection()
        val payload = ByteArray(700_000) { it.toByte() }
        val received = ConcurrentLinkedQueue<ByteArray>()
        nats.subscribeBorrowed("lent") { received += it.payload() }
        repeat(3) { nats.publish("lent", payload, Headers.of("some" to "header")) }
        nats.flush()
        received.size shouldBe 3
        received.forEach { it shouldBe payload }
    }

    behaviour("a borrowed message that is kept says so, and breaks nothing", servers) {
        val nats = connection()
        val kept = AtomicReference<BorrowedMessage>()
        nats.subscribeBorrowed("lent") { kept.set(it) }
        nats.publish("lent", byteArrayOf(1))
        nats.flush()
        shouldThrow<IllegalStateException> { kept.get().payload() }.message shouldContain "toMessage"
        shouldThrow<IllegalStateException> { kept.get().subject }
        kept.get().toString() shouldContain "returned"
    }

    behaviour("handlers that own, and one that borrows, share a subscription of the server", servers) {
        val nats = connection()
        val owned = ConcurrentLinkedQueue<ByteArray>()
        val borrowed = ConcurrentLinkedQueue<ByteArray>()
        repeat(2) {
            nats.subscribeInline("shared") { message ->
                owned += message.payload.copyOf()
                // Its own: nobody else sees that.
                message.payload.fill(0)
            }
        }
        nats.subscribeBorrowed("shared") { borrowed += it.payload() }
        for (size in listOf(1, 100, 300_000)) {
            nats.publish("shared", ByteArray(size) { 7 })
            nats.flush()
        }
        listOf(1, 100, 300_000).let { sizes ->
            owned.map { it.size } shouldBe sizes.flatMap { listOf(it, it) }
            borrowed.map { it.size } shouldBe sizes
        }
        (owned + borrowed).forEach { bytes -> bytes.all { it == 7.toByte() } shouldBe true }
    }
}
