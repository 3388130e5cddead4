package dev.midge.nats.behaviour

import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.NatsConnection
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.first
import kotlin.time.Duration.Companion.milliseconds

class ServerWithoutHeadersIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            test("[nats-server $version] what needs no headers works with a server that has none, and what needs them says so") {
                val server = NatsServerProcess.start {
                    this.version = version
                    config = "no_header_support: true"
                }
                server.use {
                    NatsConnection(server.url).use { nats ->
                        val subscription = nats.subscribe("there")
                        nats.publish("there", "hello".encodeToByteArray())
                        subscription.first().text() shouldBe "hello"
                        nats.respond("greet") { "hi ${it.text()}".encodeToByteArray() }
                        nats.respond("fail") { error("no") }
                        nats.request("greet", "joe".encodeToByteArray()).text() shouldBe "hi joe"
                        val headers = Headers.of("a" to "b")
                        shouldThrow<HeadersNotSupportedException> { nats.publish("there", headers = headers) }
                        shouldThrow<HeadersNotSupportedException> { nats.request("greet", headers = headers) }
                        shouldThrow<HeadersNotSupportedException> { nats.publishBatch { publish("there", ByteArray(1), headers) } }
                        for (subject in listOf("nobody", "fail")) {
                            shouldThrow<RequestTimeoutException> { nats.request(subject, timeout = 50.milliseconds) }
                        }
                        nats.flush()
                        nats.stats().connects shouldBe 1
                    }
                }
            }
        }
    })
