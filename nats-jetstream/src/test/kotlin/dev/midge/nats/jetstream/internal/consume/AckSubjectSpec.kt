package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.MessageMetadata
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.checkAll
import java.time.Instant

private fun parse(text: String): MessageMetadata? = AckSubject.parse(text.encodeToByteArray())

private val time = Instant.parse("2026-11-27T04:45:10.141085556Z")
private const val NUMBERS = "2.30.40.1795754710141085556.5"

private fun expected(domain: String?) = MessageMetadata("ORDERS", "billing", domain, 2, 30, 40, time, 5)

class AckSubjectSpec :
    FunSpec({
        test("the first layout is read") {
            parse("\$JS.ACK.ORDERS.billing.$NUMBERS") shouldBe expected(null)
        }

        test("the second layout is read, with and without a domain") {
            parse("\$JS.ACK.hub.hash.ORDERS.billing.$NUMBERS") shouldBe expected("hub")
            parse("\$JS.ACK._.hash.ORDERS.billing.$NUMBERS") shouldBe expected(null)
        }

        test("what follows the second layout is left alone") {
            parse("\$JS.ACK.hub.hash.ORDERS.billing.$NUMBERS.random") shouldBe expected("hub")
            parse("\$JS.ACK.hub.hash.ORDERS.billing.$NUMBERS.random.more") shouldBe expected("hub")
        }

        test("a prefix may stand before both") {
            parse("from.other.account.\$JS.ACK.ORDERS.billing.$NUMBERS") shouldBe expected(null)
            parse("from.\$JS.ACK.hub.hash.ORDERS.billing.$NUMBERS") shouldBe expected("hub")
        }

        test("ten tokens are neither layout") {
            parse("\$JS.ACK.hash.ORDERS.billing.$NUMBERS").shouldBeNull()
        }

        test("anything else is none") {
            val others = listOf(
                "",
                ".",
                "\$JS.ACK.",
                "\$JS.ACK",
                "_INBOX.a.b",
                "x\$JS.ACK.ORDERS.billing.$NUMBERS",
                "\$JS.ACK.ORDERS.billing.2.30.40.1795754710141085556",
                "\$JS.ACK.ORDERS.billing.2.30.40.1795754710141085556.",
                "\$JS.ACK.ORDERS.billing.2.x.40.1795754710141085556.5",
                "\$JS.ACK.ORDERS.billing.-2.30.40.1795754710141085556.5",
                "\$JS.ACK.ORDERS.billing.2.+30.40.1795754710141085556.5",
                "\$JS.ACK.ORDERS.billing.2.99999999999999999999.40.1795754710141085556.5",
            )
            others.forEach { parse(it).shouldBeNull() }
        }

        test("no bytes at all are an exception") {
            checkAll(Arb.byteArray(Arb.int(0..80), Arb.byte())) { bytes ->
                AckSubject.parse(bytes)
                AckSubject.parse("\$JS.ACK.".encodeToByteArray() + bytes)
            }
        }
    })
