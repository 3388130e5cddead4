package dev.midge.nats.serialization.behaviour

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JacksonFormat
import dev.midge.nats.serialization.Person
import dev.midge.nats.serialization.PointCodec
import dev.midge.nats.serialization.Trade
import dev.midge.nats.serialization.Undecodable
import dev.midge.nats.serialization.Undecodable.DeadLetter
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.messages
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.respond
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.withCodecs
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch

private val bad = "{\"age\":".encodeToByteArray()

/** What becomes of messages that do not decode, whatever the server. */
fun FunSpecRootScope.undecodableBehaviour(url: () -> String) {
    typed("skip: the others arrive, each bad one is counted", url) { nats ->
        val people = nats.subscribe<Person>("people")
        repeat(3) {
            nats.publish("people", bad)
            nats.publish("people", Person(it, "p"))
        }
        people.take(3).map { it.value.age }.toList() shouldContainExactly listOf(0, 1, 2)
        people.undecodableMessages shouldBe 3
        people.deadLetters shouldBe 0
    }

    typed("skip: a handler is not called for them, and goes on", url) { nats ->
        val handled = Channel<Person>(Channel.UNLIMITED)
        val people = nats.subscribe<Person>("people") { handled.send(it.value) }
        nats.publish("people", bad)
        nats.publish("people", Person(1, "p"))
        handled.receive() shouldBe Person(1, "p")
        people.undecodableMessages shouldBe 1
        people.isActive shouldBe true
    }

    typed("fail: what came before arrives, then the Flow fails and the subscription ends", url) { nats ->
        val people = nats.subscribe<Person>("people", undecodable = Undecodable.Fail)
        nats.publish("people", Person(1, "p"))
        nats.publish("people", bad)
        val seen = mutableListOf<Person>()
        val failure = shouldThrow<UndecodableMessageException> { people.collect { seen += it.value } }
        failure.undecoded.payload shouldBe bad
        failure.message shouldContain "'people' (7 B) does not decode as dev.midge.nats.serialization.Person"
        seen shouldContainExactly listOf(Person(1, "p"))
        people.undecodableMessages shouldBe 1
        people.isActive shouldBe false
        nats.stats().subscriptions shouldBe 0
    }

    typed("fail: a handler's subscription ends, and the exception is an event", url) { nats ->
        val handled = Channel<Person>(Channel.UNLIMITED)
        val people = nats.subscribe<Person>("people", undecodable = Undecodable.Fail) { handled.send(it.value) }
        coroutineScope {
            val event = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
            nats.publishBatch {
                publish("people", bad)
                publish("people", Person(1, "p"))
            }
            event.await().cause.shouldBeInstanceOf<UndecodableMessageException>()
        }
        people.isActive shouldBe false
        // Returns when the handler is done with what had been received.
        people.drain()
        handled.tryReceive().getOrNull() shouldBe null
    }

    typed("dead letter: the raw message goes there and says why, and the others arrive", url) { nats ->
        val letters = nats.subscribe("dead")
        val people = nats.subscribe<Person>("people.*", undecodable = DeadLetter("dead"))
        nats.publish("people.x", bad, Headers.of("Trace" to "7"), replyTo = "answers")
        nats.publish("people.y", Person(1, "p"))
        people.first().value shouldBe Person(1, "p")
        people.undecodableMessages shouldBe 1
        people.deadLetters shouldBe 1
        val letter = letters.first()
        letter.payload shouldBe bad
        letter.headers["Trace"] shouldBe "7"
        letter.headers[DeadLetter.SUBJECT] shouldBe "people.x"
        letter.headers[DeadLetter.REPLY_TO] shouldBe "answers"
        letter.headers[DeadLetter.REASON]!! shouldContain "does not decode as dev.midge.nats.serialization.Person"
    }

    typed("dead letter: a subscription that hears its own dead letters counts them and goes on", url) { nats ->
        val people = nats.subscribe<Person>("people.*", undecodable = DeadLetter("people.dead"))
        nats.publish("people.x", bad)
        coroutineScope {
            val value = async { people.first().value }
            while (people.undecodableMessages < 2) nats.flush()
            nats.publish("people.y", Person(1, "p"))
            value.await() shouldBe Person(1, "p")
        }
        people.undecodableMessages shouldBe 2
        people.deadLetters shouldBe 1
    }

    typed("dead letter: one that became too long by its reason is sent without it", url) { nats ->
        val letters = nats.subscribe("dead")
        val people = nats.subscribe<Person>("people", undecodable = DeadLetter("dead"))
        val longest = ByteArray(nats.serverInfo.value!!.maxPayload.toInt())
        nats.publish("people", longest)
        nats.publish("people", Person(1, "p"))
        people.first().value shouldBe Person(1, "p")
        people.deadLetters shouldBe 1
        letters.first().payload.size shouldBe longest.size
    }

    typed("a registry's policy is that of its subscriptions, cold ones included", url) { nats ->
        val strict = nats.withCodecs(CodecRegistry { undecodable = Undecodable.Fail })
        // On an open connection a Flow has subscribed when it first waits.
        nats.flush()
        coroutineScope {
            val cold = async(start = CoroutineStart.UNDISPATCHED) {
                runCatching { strict.messages<Person>("people").first() }.exceptionOrNull()
            }
            nats.publish("people", bad)
            cold.await().shouldBeInstanceOf<UndecodableMessageException>()
        }
    }

    typed("each message that does not decode is an event, whatever is done with it", url) { nats ->
        for (policy in listOf(Undecodable.Skip, Undecodable.Fail, DeadLetter("dead"))) {
            val subject = "people.$policy".replace(Regex("[()]"), "")
            nats.subscribe<Person>(subject, undecodable = policy) {}
            nats.toldNotDecoded { nats.publish(subject, bad) }.subject shouldBe subject
        }
        nats.respond<Person, String>("ask") { it.name }
        nats.toldNotDecoded { runCatching { nats.request("ask", bad) } } shouldBeOfPerson "ask"
        coroutineScope {
            val cold = launch(start = CoroutineStart.UNDISPATCHED) { nats.messages<Person>("cold").collect() }
            nats.toldNotDecoded { nats.publish("cold", bad) } shouldBeOfPerson "cold"
            cold.cancel()
        }
    }

    typed("a message that does not decode as a codec's type is told by the name of that type", url) { nats ->
        nats.subject("points", PointCodec).subscribe {}
        nats.toldNotDecoded { nats.publish("points", bad) }.type shouldBe "dev.midge.nats.serialization.Point"
        nats.subject("trades", JacksonFormat.json().codec(Trade::class.java)).subscribe {}
        nats.toldNotDecoded { nats.publish("trades", bad) }.type shouldBe "dev.midge.nats.serialization.Trade"
    }
}

private infix fun NatsEvent.MessageNotDecoded.shouldBeOfPerson(expectedSubject: String) {
    subject shouldBe expectedSubject
    type shouldBe "dev.midge.nats.serialization.Person"
}

private suspend fun NatsConnection.toldNotDecoded(block: suspend () -> Unit): NatsEvent.MessageNotDecoded = coroutineScope {
    val event = async(start = CoroutineStart.UNDISPATCHED) { events.filterIsInstance<NatsEvent.MessageNotDecoded>().first() }
    block()
    event.await()
}
