package dev.midge.nats.serialization.behaviour

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NoRespondersException
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.serialization.BAD_REQUEST
import dev.midge.nats.serialization.CborFormat
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JacksonFormat
import dev.midge.nats.serialization.Opaque
import dev.midge.nats.serialization.Person
import dev.midge.nats.serialization.Point
import dev.midge.nats.serialization.PointCodec
import dev.midge.nats.serialization.Team
import dev.midge.nats.serialization.Trade
import dev.midge.nats.serialization.TypedReply
import dev.midge.nats.serialization.UndecodableMessageException
import dev.midge.nats.serialization.UnencodableValueException
import dev.midge.nats.serialization.UnsupportedTypeException
import dev.midge.nats.serialization.messages
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.publishWritten
import dev.midge.nats.serialization.request
import dev.midge.nats.serialization.respond
import dev.midge.nats.serialization.respondWith
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.tryPublish
import dev.midge.nats.serialization.withCodecs
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext

/** A test with a connection of its own to the server at [url]. */
fun FunSpecRootScope.typed(name: String, url: () -> String, test: suspend (NatsConnection) -> Unit) {
    test(name) {
        // Off the test framework's thread, as a program would be.
        withContext(Dispatchers.Default) {
            val nats = NatsConnection(url())
            try {
                test(nats)
            } finally {
                nats.close()
            }
        }
    }
}

/** Values instead of bytes, whatever the server. */
fun FunSpecRootScope.publishSubscribeBehaviour(url: () -> String) {
    typed("a published value is received with its subject, reply subject and headers", url) { nats ->
        val people = nats.subscribe<Person>("people.*")
        nats.publish("people.bar", Person(30, "bar"), Headers.of("A" to "1"), replyTo = "answers")
        val received = people.first()
        received.value shouldBe Person(30, "bar")
        received.subject shouldBe "people.bar"
        received.replyTo shouldBe "answers"
        received.headers["A"] shouldBe "1"
        received.message.text() shouldBe """{"age":30,"name":"bar"}"""
    }

    typed("each way to publish arrives, in order", url) { nats ->
        val numbers = nats.subscribe<Int>("numbers")
        val subject = nats.subject<Int>("numbers")
        nats.publish("numbers", 1)
        nats.publishWritten("numbers", 2)
        nats.tryPublish("numbers", 3) shouldBe true
        subject.publish(4)
        subject.publishWritten(5)
        subject.tryPublish(6) shouldBe true
        nats.publishBatch {
            publish("numbers", 7)
            publish(subject, 8)
        }
        subject.publishAll(listOf(9, 10))
        numbers.take(10).map { it.value }.toList() shouldContainExactly (1..10).toList()
    }

    typed("a bound subject subscribes as well: as a Flow, with a handler, cold", url) { nats ->
        val points = nats.subject("points", PointCodec)
        val flow = points.subscribe()
        val handled = Channel<Point>(Channel.UNLIMITED)
        points.subscribe { handled.send(it.value) }
        coroutineScope {
            val cold = async(start = CoroutineStart.UNDISPATCHED) { points.messages().first().value }
            nats.flush()
            while (nats.stats().subscriptions < 3) nats.flush()
            points.publish(Point(1, -1))
            cold.await() shouldBe Point(1, -1)
        }
        flow.first().value shouldBe Point(1, -1)
        handled.receive() shouldBe Point(1, -1)
    }

    typed("a handler gets what decodes, one after the other", url) { nats ->
        val handled = Channel<Person>(Channel.UNLIMITED)
        nats.subscribe<Person>("people") { handled.send(it.value) }
        repeat(100) { nats.publish("people", Person(it, "p")) }
        List(100) { handled.receive().age } shouldContainExactly (0 until 100).toList()
    }

    typed("Jackson's formats carry data classes and records, and Content-Type tells them apart", url) { nats ->
        val json = nats.withCodecs(
            CodecRegistry {
                format = JacksonFormat.json()
                understand(JacksonFormat.messagePack(), JacksonFormat.cbor(), JacksonFormat.smile())
            },
        )
        val trades = json.subscribe<Trade>("trades")
        val trade = Trade(7, "ACME", 1.25, listOf("a", "b"))
        for (other in listOf(JacksonFormat.json(), JacksonFormat.messagePack(), JacksonFormat.cbor(), JacksonFormat.smile())) {
            val sending = CodecRegistry {
                format = other
                sendContentType = true
            }
            nats.withCodecs(sending).publish("trades", trade)
        }
        trades.take(4).map { it.value }.toList() shouldContainExactly List(4) { trade }
        trades.undecodableMessages shouldBe 0
    }

    typed("a batch uses the codecs of what it was begun on", url) { nats ->
        val cbor = CodecRegistry { format = CborFormat() }
        val received = nats.withCodecs(cbor).subscribe<Person>("people")
        nats.withCodecs(cbor).publishBatch { publish("people", Person(1, "a")) }
        received.first().value shouldBe Person(1, "a")
    }

    typed("large values go through many segments of memory", url) { nats ->
        val teams = nats.subscribe<Team>("teams")
        val team = Team(Person(1, "lead"), List(10_000) { Person(it, "member $it é") })
        nats.publish("teams", team)
        teams.first().value shouldBe team
    }

    typed("a value that does not encode sends nothing, and neither does one that is too large", url) { nats ->
        val all = nats.subscribe(">")
        val registry = CodecRegistry { codec(FailingCodec) }
        shouldThrow<UnencodableValueException> { nats.withCodecs(registry).publish("opaque", Opaque("half")) }
        shouldThrow<UnsupportedTypeException> { nats.publish("opaque", Opaque("nothing")) }
        shouldThrow<UnencodableValueException> {
            nats.withCodecs(registry).publishBatch {
                publish("opaque", 1)
                publish("opaque", Opaque("half"))
            }
        }
        shouldThrow<PayloadTooLargeException> { nats.publish("text", "x".repeat(2 * 1024 * 1024)) }
        nats.publish("last", "of all")
        all.first().subject shouldBe "last"
    }
}

/** Requests and replies of values, whatever the server. */
fun FunSpecRootScope.requestReplyBehaviour(url: () -> String) {
    typed("a request gets the responder's value", url) { nats ->
        nats.respond<Int, String>("svc") { "Hello $it" }
        nats.request<Int, String>("svc", 42) shouldBe "Hello 42"
        nats.subject<Int>("svc").request<String>(43) shouldBe "Hello 43"
    }

    typed("a responder may see the whole request and answer with headers", url) { nats ->
        nats.respondWith<Person, Person?>("find") { request ->
            TypedReply(request.value.takeIf { request.headers["Known"] == "yes" }, Headers.of("Seen" to request.subject))
        }
        nats.request<Person, Person?>("find", Person(1, "a"), Headers.of("Known" to "yes")) shouldBe Person(1, "a")
        nats.request<Person, Person?>("find", Person(1, "a")) shouldBe null
        val raw = nats.request("find", """{"age":1,"name":"a"}""".encodeToByteArray())
        raw.headers["Seen"] shouldBe "find"
    }

    typed("a bound subject responds", url) { nats ->
        nats.subject<Point>("mirror", PointCodec).respond { point -> Person(point.x, "mirrored") }
        nats.subject("mirror", PointCodec).request<Person>(Point(3, 4)) shouldBe Person(3, "mirrored")
    }

    typed("an empty reply is a value where there is one, and never an error of the service", url) { nats ->
        nats.respond("empty") { ByteArray(0) }
        nats.request<Int, String>("empty", 1) shouldBe ""
        nats.request<Int, ByteArray>("empty", 1).size shouldBe 0
        nats.request<Int, Unit>("empty", 1) shouldBe Unit
        shouldThrow<UndecodableMessageException> { nats.request<Int, Person>("empty", 1) }.undecoded.payload.size shouldBe 0
    }

    typed("a request that does not decode is answered with error 400, and reported, and the next one is served", url) { nats ->
        nats.respond<Person, String>("svc") { it.name }
        coroutineScope {
            val event = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
            val error = shouldThrow<ServiceErrorException> { nats.request<String, String>("svc", "not a person") }
            error.code shouldBe BAD_REQUEST
            error.error shouldContain "Person"
            event.await().cause.suppressed.single().shouldBeInstanceOf<UndecodableMessageException>()
        }
        nats.request<Person, String>("svc", Person(1, "bar")) shouldBe "bar"
    }

    typed("an answer that does not encode is error 500", url) { nats ->
        nats.withCodecs(CodecRegistry { codec(FailingCodec) }).respond<Int, Opaque>("svc") { Opaque("$it") }
        shouldThrow<ServiceErrorException> { nats.request<Int, String>("svc", 1) }.code shouldBe 500
    }

    typed("a reply that does not decode throws, and nobody there is an exception at once", url) { nats ->
        nats.respond<Int, String>("svc") { "no person" }
        shouldThrow<UndecodableMessageException> { nats.request<Int, Person>("svc", 1) }.type shouldContain "Person"
        shouldThrow<NoRespondersException> { nats.request<Int, Person>("nobody", 1) }
    }

    typed("members of a queue group share requests", url) { nats ->
        val answered = List(2) { Channel<Int>(Channel.UNLIMITED) }
        for (worker in answered) nats.respond<Int, Int>("double", queueGroup = "workers") { (it * 2).also { worker.send(it) } }
        List(50) { nats.request<Int, Int>("double", it) } shouldBe List(50) { it * 2 }
        answered.sumOf { worker -> generateSequence { worker.tryReceive().getOrNull() }.count() } shouldBe 50
    }
}
