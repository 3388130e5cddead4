package dev.midge.nats.behaviour

import dev.midge.nats.Headers
import dev.midge.nats.NatsEvent
import dev.midge.nats.NoRespondersException
import dev.midge.nats.Overflow
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.SlowConsumerException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Request and reply, whatever the server. */
fun FunSpecRootScope.requestBehaviour(servers: Servers) {
    behaviour("a request gets the responder's answer", servers) {
        val nats = connection()
        nats.respond("greet") { "hi ${it.text()}".encodeToByteArray() }
        nats.request("greet", "joe".encodeToByteArray()).text() shouldBe "hi joe"
    }

    behaviour("a request carries headers, and a plain reply's headers come back", servers) {
        val nats = connection()
        nats.subscribe("tags") { nats.publish(it.replyTo!!, it.payload, it.headers.with("Seen", "yes")) }
        val reply = nats.request("tags", headers = Headers.of("A" to "1"))
        reply.headers shouldBe Headers.of("A" to "1", "Seen" to "yes")
    }

    behaviour("nobody subscribed is an exception at once", servers) {
        val nats = connection()
        shouldThrow<NoRespondersException> { nats.request("nobody", timeout = 30.seconds) }
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("a silent responder is a timeout, and its late reply disturbs nobody", servers) {
        val nats = connection()
        val asked = nats.subscribe("silent")
        shouldThrow<RequestTimeoutException> { nats.request("silent", timeout = 50.milliseconds) }.timeout shouldBe 50.milliseconds
        nats.stats().pendingRequests shouldBe 0
        nats.publish(asked.first().replyTo!!, "late".encodeToByteArray())
        nats.respond("lively") { "ok".encodeToByteArray() }
        nats.request("lively").text() shouldBe "ok"
    }

    behaviour("a cancelled request leaves nothing behind", servers) {
        val nats = connection()
        val asked = nats.subscribe("cancelled")
        coroutineScope {
            val request = launch { nats.request("cancelled", timeout = 30.seconds) }
            asked.first()
            nats.stats().pendingRequests shouldBe 1
            request.cancelAndJoin()
        }
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("1,000 concurrent requests each get their own answer", servers) {
        val nats = connection()
        val service = connection()
        repeat(4) { service.respond("double", queueGroup = "workers") { "${it.text().toInt() * 2}".encodeToByteArray() } }
        service.flush()
        coroutineScope {
            val answers = List(1_000) { number ->
                async { nats.request("double", "$number".encodeToByteArray()).text().toInt() }
            }.awaitAll()
            answers shouldBe List(1_000) { it * 2 }
        }
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("an exception of the handler is an error for the caller and an event here, and the next request is served", servers) {
        val nats = connection()
        nats.respond("divide") { "${100 / it.text().toInt()}".encodeToByteArray() }
        coroutineScope {
            val event = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
            val error = shouldThrow<ServiceErrorException> { nats.request("divide", "0".encodeToByteArray()) }
            error.code shouldBe 500
            error.error shouldContain "ArithmeticException"
            event.await().subject shouldBe "divide"
        }
        nats.request("divide", "5".encodeToByteArray()).text() shouldBe "20"
    }

    behaviour("a handler chooses the code and the words of its error", servers) {
        val nats = connection()
        nats.respond("find") { throw ServiceErrorException(404, "no such\r\nthing") }
        val error = shouldThrow<ServiceErrorException> { nats.request("find") }
        error.code shouldBe 404
        error.error shouldBe "no such  thing"
        error.body.size shouldBe 0
    }

    behaviour("a handler's error has a body and headers if it is given them", servers) {
        val nats = connection()
        nats.respond("find") { throw ServiceErrorException(404, "none", "body".encodeToByteArray(), Headers.of("X" to "1")) }
        val error = shouldThrow<ServiceErrorException> { nats.request("find") }
        error.code shouldBe 404
        error.body.decodeToString() shouldBe "body"
        error.headers["X"] shouldBe "1"
        // Better the error alone than a caller that waits for it.
        nats.respond("much") { throw ServiceErrorException(409, "conflict", ByteArray(2 * 1024 * 1024)) }
        shouldThrow<ServiceErrorException> { nats.request("much") }.code shouldBe 409
        // What one service has said to another is not the other's answer.
        nats.respond("ask") { nats.request("find").payload }
        val passedOn = shouldThrow<ServiceErrorException> { nats.request("ask") }
        passedOn.code shouldBe 404
        passedOn.body.size shouldBe 0
        passedOn.headers["X"] shouldBe null
    }

    behaviour("requestMany ends at the number asked for", servers) {
        val nats = connection()
        nats.subscribe("scatter") { request -> repeat(10) { nats.publish(request.replyTo!!, "$it".encodeToByteArray()) } }
        val replies = nats.requestMany("scatter", limits = RequestManyLimits { maxMessages = 3 })
        replies.map { it.text() }.toList() shouldContainExactly listOf("0", "1", "2")
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("requestMany ends at the sentinel, which is not emitted", servers) {
        val nats = connection()
        nats.subscribe("pages") { request ->
            repeat(3) { nats.publish(request.replyTo!!, "page $it".encodeToByteArray()) }
            nats.publish(request.replyTo!!)
        }
        val replies = nats.requestMany("pages", limits = RequestManyLimits { endedByEmptyPayload() })
        replies.map { it.text() }.toList() shouldContainExactly listOf("page 0", "page 1", "page 2")
    }

    behaviour("an error without a payload is emitted, and is not the end", servers) {
        val nats = connection()
        nats.subscribe("pages") { request ->
            nats.publish(
                Subject(request.replyTo!!),
                headers = Headers.of("Nats-Service-Error-Code" to "410", "Nats-Service-Error" to "gone"),
            )
            nats.publish(request.replyTo!!)
        }
        val replies = nats.requestMany("pages", limits = RequestManyLimits { endedByEmptyPayload() }).toList()
        replies.map { it.headers["Nats-Service-Error-Code"] } shouldContainExactly listOf("410")
    }

    behaviour("requestMany ends when the replies stall", servers) {
        val nats = connection()
        nats.subscribe("stalls") { request -> repeat(2) { nats.publish(request.replyTo!!, "$it".encodeToByteArray()) } }
        val replies = nats.requestMany(
            "stalls",
            limits = RequestManyLimits {
                total = 50.seconds
                stall = 100.milliseconds
            },
        )
        replies.toList().size shouldBe 2
    }

    behaviour("replies that a slow collector has no room for end a requestMany with a failure, after those that had", servers) {
        val nats = connection { overflow = Overflow.DropNewest(messages = 10) }
        val sent = CompletableDeferred<Unit>()
        nats.subscribe("flood") { request ->
            repeat(100) { nats.publish(request.replyTo!!, "$it".encodeToByteArray()) }
            nats.flush()
            sent.complete(Unit)
        }
        val collected = ArrayList<String>()
        shouldThrow<SlowConsumerException> {
            nats.requestMany("flood", limits = RequestManyLimits { total = 50.seconds }).collect {
                sent.await()
                collected += it.text()
            }
        }
        collected shouldContainExactly List(10) { "$it" }
        nats.stats().pendingRequests shouldBe 0
    }

    behaviour("large replies that a slow collector has no room for end a requestMany with a failure", servers) {
        val nats = connection { overflow = Overflow.DropNewest(bytes = 10_000) }
        val sent = CompletableDeferred<Unit>()
        nats.subscribe("flood.large") { request ->
            repeat(5) { nats.publish(request.replyTo!!, ByteArray(4_000)) }
            nats.flush()
            sent.complete(Unit)
        }
        var collected = 0
        shouldThrow<SlowConsumerException> {
            nats.requestMany("flood.large", limits = RequestManyLimits { total = 50.seconds }).collect {
                sent.await()
                collected++
            }
        }
        collected shouldBe 2
    }

    behaviour("requestMany ends with its total time", servers) {
        val nats = connection()
        val quiet = nats.subscribe("quiet")
        nats.requestMany("quiet", limits = RequestManyLimits { total = 50.milliseconds }).toList().size shouldBe 0
        quiet.first().replyTo?.startsWith("_INBOX.") shouldBe true
    }

    behaviour("requestMany with nobody subscribed is an exception at once", servers) {
        val nats = connection()
        shouldThrow<NoRespondersException> { nats.requestMany("nobody.many", limits = RequestManyLimits { total = 50.seconds }).toList() }
    }

    behaviour("requests of a draining connection still get their answers", servers) {
        val nats = connection()
        val service = connection()
        val release = CompletableDeferred<Unit>()
        service.respond("slow") {
            release.await()
            "done".encodeToByteArray()
        }
        service.flush()
        coroutineScope {
            val reply = async { nats.request("slow", timeout = 30.seconds) }
            while (nats.stats().pendingRequests == 0) nats.flush()
            val drain = launch { nats.drain() }
            release.complete(Unit)
            reply.await().text() shouldBe "done"
            drain.join()
        }
    }
}
