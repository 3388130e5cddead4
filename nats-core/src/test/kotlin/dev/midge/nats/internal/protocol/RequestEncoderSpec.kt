package dev.midge.nats.internal.protocol

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.long
import io.kotest.property.checkAll
import java.nio.ByteBuffer

class RequestEncoderSpec :
    FunSpec({
        test("a request is the PUB or HPUB to a reply subject that ends with its token, and the size is exact") {
            val payloads = Arb.byteArray(Arb.int(0..200), Arb.byte())
            val tokens = Arb.long(1..Long.MAX_VALUE)
            val entryLists = Arb.list(ServerStreams.headerEntries, 0..3)
            checkAll(1_000, ServerStreams.subjects, tokens, entryLists, payloads) { subject, token, entries, payload ->
                val to = subject.encodeToByteArray()
                val prefix = "_INBOX.abc.".encodeToByteArray()
                val headers = if (entries.isEmpty()) null else HeaderBlock.encode(entries)
                val out = ByteBuffer.allocate(RequestEncoder.size(to, prefix, token, headers, payload.size))
                RequestEncoder.head(out, to, prefix, token, headers, payload.size)
                out.put(payload)
                ProtocolEncoder.endPayload(out)
                out.remaining() shouldBe 0
                val line = if (headers == null) {
                    "PUB $subject _INBOX.abc.$token ${payload.size}\r\n".encodeToByteArray()
                } else {
                    "HPUB $subject _INBOX.abc.$token ${headers.size} ${headers.size + payload.size}\r\n".encodeToByteArray() + headers
                }
                out.array() shouldBe line + payload + "\r\n".encodeToByteArray()
            }
        }
    })
