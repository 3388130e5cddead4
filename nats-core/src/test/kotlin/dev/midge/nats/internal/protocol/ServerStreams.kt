package dev.midge.nats.internal.protocol

import io.kotest.property.Arb
import io.kotest.property.arbitrary.arbitrary
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.choice
import io.kotest.property.arbitrary.constant
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.long
import io.kotest.property.arbitrary.map
import io.kotest.property.arbitrary.orNull

/** Valid byte streams of a server, as generators for property tests. */
object ServerStreams {
    val subjects: Arb<String> = Arb.list(Arb.element("a", "orders", "größe", "日本", "x-1", "_INBOX"), 1..4).map { it.joinToString(".") }

    private val payloads: Arb<ByteArray> = Arb.byteArray(Arb.int(0..300), Arb.byte())

    private val messages: Arb<ByteArray> = arbitrary {
        val subject = subjects.bind()
        val sid = Arb.long(0L..Long.MAX_VALUE / 10).bind()
        val reply = subjects.orNull(0.5).bind()?.let { "$it " }.orEmpty()
        val payload = payloads.bind()
        "MSG $subject $sid $reply${payload.size}\r\n".encodeToByteArray() + payload + CRLF
    }

    private val headerMessages: Arb<ByteArray> = arbitrary {
        val subject = subjects.bind()
        val reply = subjects.orNull(0.5).bind()?.let { "$it " }.orEmpty()
        val headers = HeaderBlock.encode(Arb.list(headerEntries, 0..4).bind())
        val payload = payloads.bind()
        "HMSG $subject 7 $reply${headers.size} ${headers.size + payload.size}\r\n".encodeToByteArray() + headers + payload + CRLF
    }

    val headerEntries: Arb<Pair<String, String>> = arbitrary {
        val name = Arb.element("A", "Trace-Id", "x~!#", "lower", "A").bind()
        val value = Arb.element("", " ", "v", "two words", "größe", "a: b", "  both  ", "\t").bind()
        name to value
    }

    private val others: Arb<ByteArray> = Arb.choice(
        Arb.constant("PING\r\n"),
        Arb.constant("PONG\r\n"),
        Arb.constant("+OK\r\n"),
        Arb.constant("-ERR 'Unknown Protocol Operation'\r\n"),
        Arb.constant("""INFO {"server_id":"x","max_payload":1048576}""" + "\r\n"),
    ).map { it.encodeToByteArray() }

    /** Up to eight operations. */
    val streams: Arb<ByteArray> = Arb.list(Arb.choice(messages, headerMessages, others), 1..8).map { it.reduce(ByteArray::plus) }

    private val CRLF = "\r\n".encodeToByteArray()
}
