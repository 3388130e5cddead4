package dev.midge.nats.internal.protocol

import dev.midge.nats.Headers
import dev.midge.nats.InvalidHeaderException
import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsStatus
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.codepoints
import io.kotest.property.arbitrary.filter
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.pair
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll

class HeaderBlockSpec :
    FunSpec({
        test("any headers that may be sent are read back as they were") {
            val names = Arb.string(1..12).filter { HeaderSyntax.nameViolation(it) == null }
            val values = Arb.string(0..20, Arb.codepoints()).filter {
                HeaderSyntax.valueViolation(it) == null && it.encodeToByteArray().decodeToString() == it
            }
            checkAll(3_000, Arb.list(Arb.pair(names, values), 0..6)) { entries ->
                HeaderBlock.decode(HeaderBlock.encode(entries)).headers shouldBe Headers(entries)
            }
        }

        context("a status line is read") {
            withTests(
                nameFn = { (line, _) -> line },
                listOf(
                    "NATS/1.0" to null,
                    "NATS/1.0 503" to NatsStatus(503, ""),
                    "NATS/1.0 503 No Responders" to NatsStatus(503, "No Responders"),
                    "NATS/1.0   408   Request Timeout " to NatsStatus(408, "Request Timeout"),
                ),
            ) { (line, status) -> HeaderBlock.decode("$line\r\n\r\n".encodeToByteArray()).status shouldBe status }
        }

        test("the status code is known without decoding the rest") {
            HeaderBlock.statusCode("NATS/1.0 503\r\n\r\n".encodeToByteArray()) shouldBe 503
            HeaderBlock.statusCode("NATS/1.0 404 Not Found\r\n\r\n".encodeToByteArray()) shouldBe 404
            HeaderBlock.statusCode("NATS/1.0   408  Request Timeout\r\n\r\n".encodeToByteArray()) shouldBe 408
            HeaderBlock.statusCode("NATS/1.0503\r\n\r\n".encodeToByteArray()) shouldBe 0
            HeaderBlock.statusCode("NATS/1.0\r\nA: 503\r\n\r\n".encodeToByteArray()) shouldBe 0
            HeaderBlock.statusCode("NATS/1.0 5x3\r\n\r\n".encodeToByteArray()) shouldBe 0
            HeaderBlock.statusCode("NATS".encodeToByteArray()) shouldBe 0
        }

        test("other clients' spelling of the separator is understood") {
            val headers = HeaderBlock.decode("NATS/1.0\r\nA:1\r\nB: 2\r\nC:\r\n\r\n".encodeToByteArray()).headers
            headers shouldBe Headers.of("A" to "1", "B" to "2", "C" to "")
        }

        context("a malformed block is an exception of its own") {
            withTests(
                nameFn = { "'" + it.replace("\r\n", "␍␊") + "'" },
                "",
                "\r\n\r\n",
                "NATS/2.0\r\n\r\n",
                "NATS/1.0\r\n",
                "NATS/1.0\r\nA: 1\r\n",
                "NATS/1.0\r\nno colon\r\n\r\n",
                "NATS/1.0\r\n: no name\r\n\r\n",
                "NATS/1.0 abc\r\n\r\n",
                "NATS/1.0503\r\n\r\n",
                "NATS/1.0 12345\r\n\r\n",
            ) { shouldThrow<MalformedHeadersException> { HeaderBlock.decode(it.encodeToByteArray()) } }
        }

        test("any bytes end in headers or a MalformedHeadersException") {
            checkAll(10_000, Arb.byteArray(Arb.int(0..100), Arb.byte())) { bytes ->
                for (block in listOf(bytes, "NATS/1.0".encodeToByteArray() + bytes + "\r\n\r\n".encodeToByteArray())) {
                    try {
                        HeaderBlock.decode(block)
                    } catch (expected: MalformedHeadersException) {
                        // One of the two allowed ends.
                    }
                }
            }
        }

        context("a header that could end its line or another's name is refused") {
            withTests(
                nameFn = { (name, value) -> "$name=$value".replace("\r", "␍").replace("\n", "␊") },
                listOf(
                    "" to "v", "a:b" to "v", "a b" to "v", "a\r\nb" to "v", "ä" to "v", "a" to "v\r\nB: x", "a" to "v\n", "a" to "\r",
                    "\u0000" to "v",
                ),
            ) { (name, value) ->
                shouldThrow<InvalidHeaderException> { Headers.of(name to value) }.headerName shouldBe name
                shouldThrow<InvalidHeaderException> { Headers.Empty.with(name, value) }
                shouldThrow<InvalidHeaderException> { Headers.of(mapOf(name to listOf(value))) }
            }
        }
    })
