package dev.midge.nats.serialization.behaviour

import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.Headers
import dev.midge.nats.NatsEvent
import dev.midge.nats.serialization.Person
import dev.midge.nats.serialization.Undecodable
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.subscribeInline
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import java.util.concurrent.ConcurrentLinkedQueue

private val bad = "{\"age\":".encodeToByteArray()

/** Values that are decoded where they were read, whatever the server. */
@OptIn(DelicateNatsApi::class)
fun FunSpecRootScope.inlineTypedBehaviour(url: () -> String) {
    typed("inline: values come with subject and headers, bad ones are passed over and counted", url) { nats ->
        val seen = ConcurrentLinkedQueue<String>()
        val people = nats.subscribeInline<Person>("people.*") { person, message ->
            seen += "${message.subject} ${message.headers["n"]} ${person.age}"
        }
        repeat(100) {
            nats.publish("people.$it", Person(it, "p"), Headers.of("n" to "$it"))
            nats.publish("people.bad", bad)
        }
        nats.flush()
        seen.toList() shouldContainExactly List(100) { "people.$it $it $it" }
        people.undecodableMessages shouldBe 100
    }

    typed("inline: bytes and texts are copies", url) { nats ->
        val bytes = ConcurrentLinkedQueue<ByteArray>()
        nats.subscribeInline<ByteArray>("raw") { value, _ -> bytes += value }
        repeat(100) { nats.publish("raw", ByteArray(10) { _ -> it.toByte() }) }
        nats.flush()
        bytes.map { it[0].toInt() } shouldContainExactly List(100) { it }
    }

    typed("inline: fail ends the subscription, and says why", url) { nats ->
        coroutineScope {
            val failed = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
            val seen = ConcurrentLinkedQueue<Int>()
            val people = nats.subscribeInline<Person>("people", undecodable = Undecodable.Fail) { person, _ -> seen += person.age }
            nats.publish("people", Person(1, "p"))
            nats.publish("people", bad)
            nats.publish("people", Person(2, "p"))
            failed.await().cause.shouldBeInstanceOf<UndecodableMessageException>().undecoded.payload shouldBe bad
            people.awaitEnd()
            seen.toList() shouldContainExactly listOf(1)
        }
    }

    typed("inline: dead letters are refused before anything is subscribed", url) { nats ->
        shouldThrow<IllegalArgumentException> {
            nats.subscribeInline<Person>("people", undecodable = Undecodable.DeadLetter("dead")) { _, _ -> }
        }.message shouldContain "cannot wait"
        nats.stats().subscriptions shouldBe 0
    }
}
