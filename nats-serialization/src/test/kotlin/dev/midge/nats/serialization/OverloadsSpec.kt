package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import kotlinx.io.Buffer
import kotlinx.io.Source
import kotlinx.io.readByteArray
import java.nio.ByteBuffer

/** Notes through which of the core's functions a message came: "bytes" and "buffer" are never those of a typed call. */
@OptIn(InternalNatsApi::class)
private class RecordingPublisher : NatsPublisher {
    val calls = mutableListOf<String>()

    private fun note(kind: String, payload: ByteArray) {
        calls += "$kind ${payload.decodeToString()}"
    }

    override suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) = note("bytes", payload)

    override suspend fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?) =
        note("slice", payload)

    override suspend fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?) =
        note("buffer", payload.array())

    override suspend fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) =
        note("source", payload.readByteArray())

    override fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) = true.also {
        note("bytes", payload)
    }

    override fun tryPublish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?): Boolean =
        true.also { note("slice", payload) }

    override fun tryPublish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?) =
        true.also { note("buffer", payload.array()) }

    override fun tryPublish(subject: Subject, payload: Buffer, headers: Headers, replyTo: Subject?) =
        true.also { note("source", payload.readByteArray()) }

    override suspend fun publishWritten(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) = note("bytes", payload)

    override suspend fun publishWritten(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) =
        note("source", payload.readByteArray())

    override suspend fun publishBatch(fill: PublishBatch.() -> Unit) = error("not part of this")
}

/** A member of the core's interfaces wins over a typed call of the same form. */
class OverloadsSpec :
    FunSpec({
        val nats = RecordingPublisher()
        val bytes = "b".encodeToByteArray()
        beforeTest { nats.calls.clear() }

        test("arrays, buffers and sources go to the core's own functions, however the arguments are written") {
            nats.publish("people", bytes)
            nats.publish(Subject("people"), bytes)
            nats.publish("people", payload = bytes, headers = Headers.Empty)
            nats.publish(subject = "people", payload = bytes, replyTo = "answers")
            nats.publish("people", ByteBuffer.wrap(bytes))
            nats.publish("people", Buffer().apply { write(bytes) })
            nats.publishWritten("people", bytes)
            nats.tryPublish("people", bytes)
            nats.tryPublish("people", ByteBuffer.wrap(bytes))
            nats.calls shouldContainExactly
                listOf("bytes b", "bytes b", "bytes b", "bytes b", "buffer b", "source b", "bytes b", "bytes b", "buffer b")
        }

        test("no payload is the core's as well") {
            nats.publish("people")
            nats.publish("people", headers = Headers.of("A" to "1"))
            nats.calls shouldContainExactly listOf("bytes ", "bytes ")
        }

        test("anything else is a value") {
            nats.publish("people", Person(30, "bar"))
            nats.publish("people", value = Person(30, "bar"), replyTo = "answers")
            nats.publish(Subject("people"), "text")
            nats.publishWritten("people", 42)
            nats.tryPublish("people", listOf(1, 2))
            val maybe: ByteArray? = bytes
            nats.publish("people", maybe)
            nats.calls shouldContainExactly
                listOf(
                    """source {"age":30,"name":"bar"}""",
                    """source {"age":30,"name":"bar"}""",
                    "source text",
                    "source 42",
                    "source [1,2]",
                    "source b",
                )
        }
    })
