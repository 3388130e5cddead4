package dev.midge.nats.services

import dev.midge.nats.Headers
import dev.midge.nats.NatsEvent
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.services.fixtures.serverVersions
import dev.midge.nats.services.fixtures.serviceTest
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private fun bytes(text: Any) = text.toString().encodeToByteArray()

class ServiceErrorsIT :
    FunSpec({
        for (version in serverVersions) {
            serviceTest(
                "a handler's error reaches its caller with code, words, body and headers, and is no failure of the service",
                version,
            ) {
                val service = nats.service(name, "1.0.0") {
                    group(name) { endpoint("a") { throw ServiceErrorException(404, "none\nhere", bytes("body"), Headers.of("X", "1")) } }
                }
                val error = shouldThrow<ServiceErrorException> { ask("a") }
                error.code shouldBe 404
                error.error shouldBe "nonehere"
                error.body.decodeToString() shouldBe "body"
                error.headers["X"] shouldBe "1"
                service.stats().endpoints.single().lastError shouldBe "404:nonehere"
                service.stats().endpoints.single().errors shouldBe 1
            }

            serviceTest("any other exception is a 500 with its words, is counted once, and is told", version) {
                val service = nats.service(name, "1.0.0") { group(name) { endpoint("a") { error("broken\r\nbadly ö") } } }
                val told = async(start = CoroutineStart.UNDISPATCHED) { nats.events.first { it is NatsEvent.HandlerFailed } }
                val error = shouldThrow<ServiceErrorException> { ask("a") }
                error.code shouldBe 500
                error.error shouldBe "brokenbadly"
                (told.await() as NatsEvent.HandlerFailed).cause.message shouldBe "broken\r\nbadly ö"
                service.stats().endpoints.single().apply {
                    requests shouldBe 1
                    errors shouldBe 1
                }
            }

            serviceTest("an answer that cannot be sent is an error for its caller, and counted as one", version) {
                val service = nats.service(name, "1.0.0") {
                    group(name) {
                        endpoint("large") { ByteArray(2 * 1024 * 1024) }
                        endpoint("largeError") { throw ServiceErrorException(409, "large", ByteArray(2 * 1024 * 1024)) }
                    }
                }
                shouldThrow<ServiceErrorException> { ask("large") }.code shouldBe 500
                shouldThrow<ServiceErrorException> { ask("largeError") }.code shouldBe 409
                service.stats().endpoints.map { it.requests to it.errors } shouldContainExactly listOf(1L to 1L, 1L to 1L)
            }

            serviceTest("a request that is no value is refused with 400, and told", version) {
                val service = nats.service(name, "1.0.0") { group(name) { endpoint<List<Int>, Int>("sum") { it.sum() } } }
                val told = async(start = CoroutineStart.UNDISPATCHED) { nats.events.first { it is NatsEvent.MessageNotDecoded } }
                shouldThrow<ServiceErrorException> { ask("sum", "no list") }.code shouldBe 400
                told.await()
                ask("sum", "[1,2]") shouldBe "3"
                service.stats().endpoints.single().errors shouldBe 1
            }

            serviceTest("a request without a reply subject is handled and counted", version) {
                val service = nats.service(name, "1.0.0") { group(name) { endpoint("a") { it.payload } } }
                caller.publish("$name.a", bytes("x"))
                ask("a", "y") shouldBe "y"
                service.stats().endpoints.single().requests shouldBe 2
                // Also of those that everybody may ask.
                caller.publish("\$SRV.PING.$name", ByteArray(0))
                caller.services().ping(name, service.id).toList().size shouldBe 1
            }

            serviceTest("answers of several messages come whole, or fail", version) {
                val service = nats.service(name, "1.0.0") {
                    group(name) {
                        streamingEndpoint("pages") { request -> flow { repeat(request.text().toInt()) { emit(bytes(it)) } } }
                        streamingEndpoint("fails") {
                            flow {
                                emit(bytes("one"))
                                throw ServiceErrorException(410, "gone")
                            }
                        }
                        streamingEndpoint("empty") { flowOf(bytes("a"), ByteArray(0), bytes("b")) }
                        streamingEndpoint<Int, String>("typed") { flow { repeat(it) { emit("t") } } }
                    }
                }
                val all = caller.requestStream("$name.pages", bytes(1_000), within = 30.seconds).toList().map { it.text() }
                all shouldContainExactly (0 until 1_000).map { "$it" }
                caller.requestStream("$name.pages", bytes(0)).toList() shouldBe emptyList()
                val got = ArrayList<String>()
                shouldThrow<ServiceErrorException> { caller.requestStream("$name.fails").collect { got += it.text() } }.code shouldBe 410
                got shouldContainExactly listOf("one")
                shouldThrow<ServiceErrorException> { caller.requestStream("$name.empty").toList() }.code shouldBe 500
                caller.requestStream("$name.typed", bytes(2)).toList().map { it.text() } shouldContainExactly listOf("t", "t")
                service.stats().endpoints.map { it.requests to it.errors } shouldContainExactly
                    listOf(2L to 0L, 1L to 1L, 1L to 1L, 1L to 0L)
            }

            serviceTest(
                "requestMany ends with the stream, shows its error, and one without an end is a timeout of requestStream",
                version,
            ) {
                nats.service(name, "1.0.0") {
                    group(name) {
                        streamingEndpoint("pages") { flowOf(bytes("a"), bytes("b")) }
                        streamingEndpoint("fails") { flow { throw ServiceErrorException(410, "gone") } }
                    }
                    endpoint("one", EndpointOptions { subject = "$name.one" }) { bytes("only") }
                }
                val toTheEnd = RequestManyLimits {
                    total = 60.seconds
                    endedByEmptyPayload()
                }
                caller.requestMany("$name.pages", limits = toTheEnd).toList().map { it.text() } shouldContainExactly listOf("a", "b")
                caller.requestMany("$name.fails", limits = toTheEnd).toList().map { it.serviceError()?.code } shouldContainExactly
                    listOf(410)
                shouldThrow<RequestTimeoutException> { caller.requestStream("$name.one", within = 200.milliseconds).toList() }
            }
        }
    })
