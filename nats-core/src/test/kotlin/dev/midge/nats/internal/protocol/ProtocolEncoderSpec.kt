package dev.midge.nats.internal.protocol

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.long
import io.kotest.property.arbitrary.orNull
import io.kotest.property.checkAll
import java.nio.ByteBuffer

private fun encoded(size: Int, encode: (ByteBuffer) -> Unit): String {
    val out = ByteBuffer.allocate(size)
    encode(out)
    // The announced size is the written one: the outbound buffer relies on it.
    out.remaining() shouldBe 0
    return out.array().decodeToString()
}

private fun wire(text: String?) = text?.encodeToByteArray()

class ProtocolEncoderSpec :
    FunSpec({
        test("writes each operation as the protocol has it") {
            encoded(ProtocolEncoder.subscribeSize(wire("foo")!!, null, 1)) {
                ProtocolEncoder.subscribe(it, wire("foo")!!, null, 1)
            } shouldBe "SUB foo 1\r\n"
            encoded(ProtocolEncoder.subscribeSize(wire("foo")!!, wire("q"), 4711)) {
                ProtocolEncoder.subscribe(it, wire("foo")!!, wire("q"), 4711)
            } shouldBe "SUB foo q 4711\r\n"
            encoded(ProtocolEncoder.unsubscribeSize(12, 0)) { ProtocolEncoder.unsubscribe(it, 12, 0) } shouldBe "UNSUB 12\r\n"
            encoded(ProtocolEncoder.unsubscribeSize(12, 100)) { ProtocolEncoder.unsubscribe(it, 12, 100) } shouldBe "UNSUB 12 100\r\n"
            encoded(ProtocolEncoder.PING_SIZE, ProtocolEncoder::ping) shouldBe "PING\r\n"
            encoded(ProtocolEncoder.PING_SIZE, ProtocolEncoder::pong) shouldBe "PONG\r\n"
            val json = wire("{}")!!
            encoded(ProtocolEncoder.connectSize(json)) { ProtocolEncoder.connect(it, json) } shouldBe "CONNECT {}\r\n"
        }

        test("PUB: subject, reply and payload come out as they went in, and the size is exact") {
            val payloads = Arb.byteArray(Arb.int(0..2_000), Arb.byte())
            checkAll(2_000, ServerStreams.subjects, ServerStreams.subjects.orNull(), payloads) { subject, reply, payload ->
                val out = ByteBuffer.allocate(ProtocolEncoder.publishSize(wire(subject)!!, wire(reply), payload.size))
                ProtocolEncoder.publishLine(out, wire(subject)!!, wire(reply), payload.size)
                out.put(payload)
                ProtocolEncoder.endPayload(out)
                out.remaining() shouldBe 0
                val line = "PUB $subject ${reply?.let { "$it " }.orEmpty()}${payload.size}\r\n".encodeToByteArray()
                out.array() shouldBe line + payload + "\r\n".encodeToByteArray()
            }
        }

        test("HPUB: what the client writes, the parser reads back") {
            val entryLists = Arb.list(ServerStreams.headerEntries, 0..5)
            val payloads = Arb.byteArray(Arb.int(0..200), Arb.byte())
            checkAll(1_000, ServerStreams.subjects, entryLists, payloads) { subject, entries, payload ->
                val headers = HeaderBlock.encode(entries)
                val total = headers.size + payload.size
                val out = ByteBuffer.allocate(ProtocolEncoder.headerPublishSize(wire(subject)!!, null, headers.size, total))
                ProtocolEncoder.headerPublishLine(out, wire(subject)!!, null, headers.size, total)
                out.put(headers).put(payload)
                ProtocolEncoder.endPayload(out)
                out.remaining() shouldBe 0
                // A server turns `HPUB subject` into `HMSG subject sid`.
                val delivered = "HMSG $subject 1".encodeToByteArray() + out.array().drop("HPUB ".length + wire(subject)!!.size)
                RecordingHandler.parse(delivered) shouldBe
                    listOf("MSG $subject 1 null ${payload.joinToString(",")} headers=${headers.decodeToString()}")
            }
        }

        test("numbers of every length are written in full") {
            checkAll(2_000, Arb.long(0L..Long.MAX_VALUE)) { number ->
                val line = encoded(ProtocolEncoder.unsubscribeSize(number, 0)) { ProtocolEncoder.unsubscribe(it, number, 0) }
                line shouldBe "UNSUB $number\r\n"
            }
        }
    })
