package dev.midge.nats.services

import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsConnection
import dev.midge.nats.services.internal.ErrorReply
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class NamesSpec :
    FunSpec({
        // Opens no socket.
        val nats = NatsConnection("nats://localhost:1")

        fun builder(name: String = "orders", version: String = "1.2.0") = ServiceBuilder(nats, name, version)

        test("a service that others could not find by its name is refused") {
            for (name in listOf("", "a.b", "a b", "a*", "ä", ">")) shouldThrow<IllegalArgumentException> { builder(name) }
            for (name in listOf("a", "A-b_9")) builder(name)
        }

        test("versions are those of semver.org") {
            for (version in listOf("", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01")) {
                shouldThrow<IllegalArgumentException> { builder(version = version) }
            }
            for (version in listOf("0.0.0", "1.2.3", "1.0.0-alpha.1+build.5", "1.0.0--")) builder(version = version)
        }

        test("endpoints have names and subjects that can be asked for") {
            for (name in listOf("", "a.b", "a b")) shouldThrow<IllegalArgumentException> { builder().endpoint(name) { it.payload } }
            shouldThrow<InvalidSubjectException> { builder().endpoint("a", EndpointOptions { subject = "a..b" }) { it.payload } }
            shouldThrow<IllegalArgumentException> { builder().group("a.>") {} }
            shouldThrow<InvalidSubjectException> { builder().group("a b") {} }
            shouldThrow<IllegalArgumentException> { builder().queueGroup("a b") }
            shouldThrow<IllegalArgumentException> { EndpointOptions { concurrency = 0 } }
        }

        test("queue groups are inherited, whatever is said first") {
            val builder = builder().apply {
                endpoint("a") { it.payload }
                group("g") {
                    endpoint("b") { it.payload }
                    endpoint("c", EndpointOptions { noQueueGroup() }) { it.payload }
                    group("h") {
                        endpoint("d", EndpointOptions { queueGroup("own") }) { it.payload }
                        endpoint("e") { it.payload }
                        noQueueGroup()
                    }
                    queueGroup("group")
                }
                group("") { endpoint("f") { it.payload } }
            }
            builder.definitions.map { it.queueGroup } shouldBe listOf("q", "group", null, "own", null, "q")
            builder.definitions.map { it.subject.value } shouldBe listOf("a", "g.b", "g.c", "g.h.d", "g.h.e", "f")
            builder.queueGroup("service")
            builder.definitions.map { it.queueGroup } shouldBe listOf("service", "group", null, "own", null, "service")
        }

        test("an error says of a failure what fits a header") {
            val error = ErrorReply.of(IllegalStateException("nö\r\nway"))
            error.description shouldBe "nway"
            error.code shouldBe 500
            ErrorReply.of(IllegalStateException()).description shouldBe "IllegalStateException"
            ErrorReply.of(IllegalStateException("ä")).description shouldBe "error"
        }
    })
