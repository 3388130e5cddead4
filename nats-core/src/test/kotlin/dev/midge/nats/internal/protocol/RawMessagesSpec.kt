package dev.midge.nats.internal.protocol

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.orNull
import io.kotest.property.checkAll
import java.nio.ByteBuffer

private const val MAX_PAYLOAD = 1_000L

private fun count(text: String): Int = RawMessages.count(ByteBuffer.wrap(text.encodeToByteArray()), MAX_PAYLOAD)

private fun frame(out: ByteBuffer, subject: String, reply: String?, size: Int, withHeaders: Boolean) {
    val replyTo = reply?.encodeToByteArray()
    val head = if (withHeaders) "NATS/1.0\r\n\r\n".encodeToByteArray() else null
    if (head == null) {
        ProtocolEncoder.publishLine(out, subject.encodeToByteArray(), replyTo, size)
    } else {
        ProtocolEncoder.headerPublishLine(out, subject.encodeToByteArray(), replyTo, head.size, head.size + size)
        out.put(head)
    }
    repeat(size) { out.put('\r'.code.toByte()) }
    ProtocolEncoder.endPayload(out)
}

class RawMessagesSpec :
    FunSpec({
        test("takes and counts whatever the encoder writes") {
            val sizes = Arb.list(Arb.int(0..50), 1..20)
            checkAll(sizes, Arb.element("a", "a.b", "größe"), Arb.element("r", "r.1").orNull(), Arb.int(0..1)) {
                    payloads,
                    subject,
                    reply,
                    headers,
                ->
                val out = ByteBuffer.allocate(4_096)
                payloads.forEach { frame(out, subject, reply, it, headers == 1) }
                RawMessages.count(out.flip(), MAX_PAYLOAD) shouldBe payloads.size
                ClientFrames.lines(out).size shouldBe payloads.size
            }
        }

        test("any bytes at all are whole messages or refused in words") {
            checkAll(10_000, Arb.byteArray(Arb.int(0..40), Arb.element("PUHB a1\r\n".encodeToByteArray().toList() + 0)), Arb.byte()) {
                    bytes,
                    _,
                ->
                try {
                    RawMessages.count(ByteBuffer.wrap(bytes), MAX_PAYLOAD)
                    ClientFrames.lines(ByteBuffer.wrap(bytes))
                } catch (e: IllegalArgumentException) {
                    e.message!! shouldContain "byte "
                }
            }
        }

        test("says what is wrong, and where") {
            val wrong = mapOf(
                "" to "byte 0: there is nothing to write",
                "PUB a 1\r\nx\r\nPUB a 1\r\nx" to "byte 21: the payload of 'PUB a 1' is cut off",
                "PUB a 1\r\nxx\r\n" to "does not end with CR LF",
                "PUB a 1" to "a line does not end with CR LF",
                "PUB a 1\n\r\n" to "'1\n' in",
                "PUB a b c 1\r\nx\r\n" to "has 4 arguments, PUB takes 2 or 3",
                "PUB a  1\r\nx\r\n" to "'' is not a subject",
                "PUB a.> 1\r\nx\r\n" to "holds a wildcard",
                "PUB a x\r\nx\r\n" to "'x' in 'PUB a x' is not a size",
                "PUB a 1001\r\n" to "more than the server takes, 1000 B",
                "HPUB a 3 2\r\nxx\r\n" to "more header bytes than bytes at all",
                "HPUB a 3\r\nxx\r\n" to "has 2 arguments, HPUB takes 3 or 4",
                "pub a 1\r\nx\r\n" to "'pub' is neither PUB nor HPUB",
                "PING\r\n" to "'PING' is neither PUB nor HPUB",
            )
            for ((bytes, words) in wrong) shouldThrow<IllegalArgumentException> { count(bytes) }.message!! shouldContain words
        }
    })
