package dev.midge.nats.behaviour

import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.Headers
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsMessage
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.PublishBatch
import dev.midge.nats.Reply
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.longs.shouldBeGreaterThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.io.Buffer
import kotlinx.io.bytestring.ByteString
import kotlinx.io.bytestring.encodeToByteString
import kotlinx.io.readString
import kotlinx.io.writeString
import java.nio.ByteBuffer

private const val PUBLISHERS = 4
private const val BATCHES = 50
private const val BATCH = 40

private suspend fun Flow<NatsMessage>.texts(count: Int): List<String> = take(count).toList().map(NatsMessage::text)

private fun buffer(text: String) = Buffer().apply { writeString(text) }

private fun payload(size: Int) = ByteArray(size) { it.toByte() }

/** Every way to publish beside the plain one, whatever the server. */
@OptIn(DelicateNatsApi::class)
fun FunSpecRootScope.publishingBehaviour(servers: Servers) {
    behaviour("publishWritten returns when the socket has the message, and keeps the order of the calls", servers) {
        val nats = connection()
        val received = nats.subscribe("written")
        nats.publish("written", "1".encodeToByteArray())
        nats.publishWritten("written", "2".encodeToByteArray(), Headers.of("a" to "b"))
        nats.stats().pendingMessages shouldBe 0
        nats.publishWritten(Subject("written"), buffer("3"))
        received.texts(3) shouldContainExactly listOf("1", "2", "3")
    }

    behaviour("a Buffer is emptied by the call that sends it, and left alone by the one that does not", servers) {
        val nats = connection()
        val idle = buffer("later")
        nats.tryPublish(Subject("buffers"), idle) shouldBe false
        idle.size shouldBe 5
        val received = nats.subscribe("buffers")
        nats.tryPublish(Subject("buffers"), idle) shouldBe true
        idle.size shouldBe 0
        val large = Buffer().apply { write(ByteArray(nats.serverInfo.value!!.maxPayload.toInt() + 1)) }
        shouldThrow<PayloadTooLargeException> { nats.publish(Subject("buffers"), large) }
        large.size shouldBe nats.serverInfo.value!!.maxPayload + 1
        received.first().text() shouldBe "later"
    }

    behaviour("tryPublish takes a part of an array and a ByteBuffer, and leaves them as they are", servers) {
        val nats = connection()
        val slice = "a slice of it".encodeToByteArray()
        val buffer = ByteBuffer.wrap("a buffer!".encodeToByteArray()).position(2).limit(8)
        nats.tryPublish("try", slice, 2, 5) shouldBe false
        nats.tryPublish("try", buffer) shouldBe false
        val received = nats.subscribe("try")
        nats.tryPublish("try", slice, 2, 5, Headers.of("n" to "v"), "answers") shouldBe true
        nats.tryPublish("try", buffer) shouldBe true
        nats.tryPublish("try", buffer("source")) shouldBe true
        shouldThrow<IndexOutOfBoundsException> { nats.tryPublish("try", slice, 2, slice.size) }
        val messages = received.take(3).toList()
        messages.map(NatsMessage::text) shouldContainExactly listOf("slice", "buffer", "source")
        messages[0].headers shouldBe Headers.of("n" to "v")
        messages[0].replyTo shouldBe "answers"
        buffer.remaining() shouldBe 6
    }

    behaviour("a text goes as UTF-8", servers) {
        val nats = connection()
        nats.respond("texts") { "${it.text()}!".encodeToByteArray() }
        val received = nats.subscribe("texts")
        nats.publishText("texts", "größe", Headers.of("n" to "v"), "answers")
        nats.requestText("texts", "日本").text() shouldBe "日本!"
        received.texts(2) shouldContainExactly listOf("größe", "日本")
    }

    behaviour("reply answers where an answer is expected, and nowhere else", servers) {
        val nats = connection()
        nats.subscribe("asked") { nats.reply(it, "answer to ${it.text()}".encodeToByteArray(), Headers.of("n" to "v")) }
        val answer = nats.requestText("asked", "this")
        answer.text() shouldBe "answer to this"
        answer.headers shouldBe Headers.of("n" to "v")
        shouldThrow<IllegalArgumentException> { nats.reply(NatsMessage("asked", ByteArray(0))) }.message shouldContain "asked"
    }

    behaviour("a batch takes a payload in every form, with headers and reply subject", servers) {
        val nats = connection()
        val subject = Subject("batch.forms")
        val received = nats.subscribe(subject)
        nats.publishBatch {
            publish(subject, "array".encodeToByteArray(), replyTo = Subject("answers"))
            publish(subject, "a slice of it".encodeToByteArray(), 2, 5, Headers.of("n" to "v"))
            publish(subject, ByteBuffer.wrap("a buffer!".encodeToByteArray()).position(2).limit(8))
            publish(subject, buffer("source"))
            publish("batch.forms", "text".encodeToByteArray(), replyTo = "more")
        }
        val messages = received.take(5).toList()
        messages.map(NatsMessage::text) shouldContainExactly listOf("array", "slice", "buffer", "source", "text")
        messages.map { it.replyTo } shouldContainExactly listOf("answers", null, null, null, "more")
        messages[1].headers shouldBe Headers.of("n" to "v")
    }

    behaviour("no message of another publisher comes between those of a batch", servers) {
        val nats = connection()
        val subject = Subject("batch.whole")
        val received = nats.subscribe(subject)
        coroutineScope {
            repeat(PUBLISHERS) { publisher ->
                launch {
                    repeat(BATCHES) { batch ->
                        nats.publishBatch { repeat(BATCH) { publish(subject, "$publisher/$batch".encodeToByteArray()) } }
                        nats.publish(subject, "alone".encodeToByteArray())
                    }
                }
            }
        }
        val texts = received.texts(PUBLISHERS * BATCHES * (BATCH + 1)).filter { it != "alone" }
        texts.chunked(BATCH).forEach { it.distinct().size shouldBe 1 }
        texts.chunked(BATCH).map { it.first() }.distinct().size shouldBe PUBLISHERS * BATCHES
    }

    behaviour("a batch of which one message cannot be sent sends none", servers) {
        val nats = connection()
        val subject = Subject("batch.none")
        val received = nats.subscribe(subject)
        shouldThrow<InvalidSubjectException> {
            nats.publishBatch {
                publish(subject, "1".encodeToByteArray())
                publish("batch.*", "2".encodeToByteArray())
            }
        }
        shouldThrow<PayloadTooLargeException> {
            nats.publishBatch {
                publish(subject, "1".encodeToByteArray())
                publish(subject, ByteArray(nats.serverInfo.value!!.maxPayload.toInt() + 1))
            }
        }
        shouldThrow<IllegalStateException> {
            nats.publishBatch {
                publish(subject, "1".encodeToByteArray())
                error("changed my mind")
            }
        }
        nats.publishBatch {}
        nats.publish(subject, "after".encodeToByteArray())
        received.first().text() shouldBe "after"
    }

    behaviour("a batch larger than everything that waits on the way is delivered whole", servers) {
        val nats = connection { buffers { outbound = 64 * 1024 } }
        val subject = Subject("batch.large")
        val received = nats.subscribe(subject)
        nats.publishBatch { repeat(300) { publish(subject, payload(1_000 + it)) } }
        received.take(300).toList().forEachIndexed { i, message -> message.payload.contentEquals(payload(1_000 + i)) shouldBe true }
    }

    behaviour("what published into a batch cannot be used after it", servers) {
        val nats = connection()
        val kept = ArrayList<PublishBatch>()
        nats.publishBatch {
            publish("kept")
            kept += this
        }
        shouldThrow<IllegalStateException> { kept.single().publish("kept") }.message shouldContain "publishBatch has ended"
    }

    behaviour("publishAll sends the messages of a collection and of a Flow in order", servers) {
        val nats = connection()
        val subject = Subject("all")
        val received = nats.subscribe(subject)
        fun message(n: Int) = OutgoingMessage(subject, "$n".encodeToByteArray())
        nats.publishAll((0 until 100).map(::message))
        nats.publishAll(flow { (100 until 5_000).forEach { emit(message(it)) } })
        shouldThrow<IllegalStateException> {
            nats.publishAll(
                flow {
                    emit(message(5_000))
                    error("no more")
                },
            )
        }
        nats.publish(OutgoingMessage(subject, "end".encodeToByteArray()))
        received.texts(5_002) shouldContainExactly (0..5_000).map { "$it" } + "end"
    }

    behaviour("a Flow that fails ahead of sending loses nothing of what came before", servers) {
        val nats = connection { buffers { outbound = 64 * 1024 } }
        val receiver = connection()
        val received = receiver.subscribe("all")
        receiver.flush()
        val failure = shouldThrow<IllegalStateException> {
            nats.publishAll(
                flow {
                    // Fewer than are collected ahead, and more than there is room for.
                    repeat(200) { emit(OutgoingMessage(Subject("all"), ByteArray(4_000))) }
                    error("no more")
                },
            )
        }
        failure.message shouldBe "no more"
        nats.publish("all", "end".encodeToByteArray())
        received.take(201).toList().map { it.payload.size } shouldBe List(200) { 4_000 } + 3
    }

    behaviour("counts every message of a batch", servers) {
        val nats = connection()
        nats.publishBatch { repeat(7) { publish("counted") } }
        nats.publishWritten("counted")
        nats.stats().run { sentMessages to pendingMessages } shouldBe (8L to 0L)
        (nats.stats() + nats.stats()).sentMessages shouldBe 16
    }

    behaviour("a request and its answer may be Sources, and an answer may have headers", servers) {
        val nats = connection()
        nats.respondWith("upper", "workers") { request ->
            val text = request.source().readString()
            if (text == "bad") throw ServiceErrorException(400, "not that")
            Reply(buffer(text.uppercase()), Headers.of("length" to "${text.length}"))
        }
        val reply = nats.request(Subject("upper"), buffer("abc"))
        reply.text() to reply.headers["length"] shouldBe ("ABC" to "3")
        shouldThrow<ServiceErrorException> { nats.request("upper", "bad".encodeToByteArray()) }.code shouldBe 400
    }

    behaviour("a payload can be read as a Source more than once", servers) {
        val nats = connection()
        val received = nats.subscribe("sources")
        val text = "x".repeat(20_000)
        nats.publish("sources", text.encodeToByteArray())
        nats.publish("sources")
        val messages = received.take(2).toList()
        repeat(2) { messages[0].source().readString() shouldBe text }
        messages[1].source().exhausted() shouldBe true
    }

    behaviour("writes raw messages as often as asked, in order with others", servers) {
        val nats = connection()
        val received = nats.subscribe("raw.*")
        nats.publish("raw.a", "1".encodeToByteArray())
        nats.writeRaw("PUB raw.b 1\r\n2\r\nHPUB raw.c reply 12 13\r\nNATS/1.0\r\n\r\n3\r\n".encodeToByteString(), repeat = 9_000)
        nats.writeRaw("PUB raw.d 1\r\n4\r\n".encodeToByteString(), checked = false)
        val texts = received.texts(18_002)
        texts shouldContainExactly listOf("1") + List(9_000) { listOf("2", "3") }.flatten() + "4"
        nats.stats().sentMessages shouldBeGreaterThanOrEqual 18_001
    }

    behaviour("refuses raw bytes that are not whole messages, with nothing written", servers) {
        val nats = connection()
        nats.connect()
        val wrong =
            listOf("", "PUB a 1\r\n2", "PUB a 1\r\n22\r\n", "PUB a.* 1\r\n2\r\n", "SUB a 1\r\n", "PING\r\n", "PUB a 1\n2\r\n", "PUB a\r\n")
        for (bytes in wrong) shouldThrow<IllegalArgumentException> { nats.writeRaw(bytes.encodeToByteString()) }
        shouldThrow<IllegalArgumentException> { nats.writeRaw(ByteString(1, 2, 3), checked = false) }
        nats.flush()
        nats.stats().sentMessages shouldBe 0
    }
}
