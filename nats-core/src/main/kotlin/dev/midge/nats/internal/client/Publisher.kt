package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.protocol.ProtocolEncoder
import kotlinx.io.Buffer
import kotlinx.io.Source
import kotlinx.io.readAtMostTo
import java.nio.ByteBuffer
import java.util.Objects

/**
 * Checks a message and encodes it into the outbound buffer, in the caller's coroutine.
 *
 * The first try of each function neither suspends nor allocates; only when it fails (not connected, no room) does the call become a
 * coroutine.
 */
internal class Publisher(private val supervisor: ConnectionSupervisor) : NatsPublisher {
    private val outbound = supervisor.outbound
    private val log = supervisor.wireLog

    override suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) {
        publish(subject, payload, 0, payload.size, headers, wire(replyTo))
    }

    override suspend fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?) {
        Objects.checkFromIndexSize(offset, length, payload.size)
        publish(subject, payload, offset, length, headers, wire(replyTo))
    }

    override suspend fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?) {
        val reply = wire(replyTo)
        val bytes = payload.duplicate()
        val size = bytes.remaining()
        appendWhenOpen(subject, reply, headers, size) { appendFrame(subject, reply, headers, size) { it.put(bytes) } }
    }

    override suspend fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) {
        val reply = wire(replyTo)
        // Moves the source's segments; a Buffer costs no copy.
        val bytes = Buffer().also(payload::transferTo)
        val size = if (bytes.size <= Int.MAX_VALUE) bytes.size.toInt() else tooLarge(bytes.size)
        appendWhenOpen(subject, reply, headers, size) {
            appendFrame(subject, reply, headers, size) { while (!bytes.exhausted()) bytes.readAtMostTo(it) }
        }
    }

    override fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Boolean =
        append(subject, wire(replyTo), headers, payload, 0, payload.size)

    /** As [tryPublish], for a reply subject that was never a [Subject]. */
    fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: ByteArray): Boolean =
        append(subject, replyTo, headers, payload, 0, payload.size)

    /** As the public ones, for a reply subject that was never a [Subject]. */
    suspend fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: ByteArray?) {
        if (append(subject, replyTo, headers, payload, offset, length)) return
        appendWhenOpen(subject, replyTo, headers, length) { append(subject, replyTo, headers, payload, offset, length) }
    }

    private fun append(subject: Subject, replyTo: ByteArray?, headers: Headers, payload: ByteArray, offset: Int, length: Int): Boolean =
        appendFrame(subject, replyTo, headers, length) { it.put(payload, offset, length) }

    /** Appends one frame or nothing; `false` if the connection is not open or the buffer is full. */
    private inline fun appendFrame(
        subject: Subject,
        replyTo: ByteArray?,
        headers: Headers,
        payloadSize: Int,
        payload: (ByteBuffer) -> Unit,
    ): Boolean {
        if (!outbound.accepting) return false
        val wire = subject.wire
        if (headers.isEmpty()) {
            check(subject, payloadSize.toLong())
            val appended = outbound.appendMessage(ProtocolEncoder.publishSize(wire, replyTo, payloadSize)) {
                ProtocolEncoder.publishLine(it, wire, replyTo, payloadSize)
                payload(it)
                ProtocolEncoder.endPayload(it)
            }
            if (appended && log.enabled) log.sent(line("PUB", subject, replyTo, "$payloadSize"))
            return appended
        }
        return appendWithHeaders(subject, replyTo, headers.wire, payloadSize, payload)
    }

    private inline fun appendWithHeaders(
        subject: Subject,
        replyTo: ByteArray?,
        headers: ByteArray,
        payloadSize: Int,
        payload: (ByteBuffer) -> Unit,
    ): Boolean {
        if (!supervisor.takesHeaders) throw HeadersNotSupportedException()
        check(subject, headers.size.toLong() + payloadSize)
        val total = headers.size + payloadSize
        val appended = outbound.appendMessage(ProtocolEncoder.headerPublishSize(subject.wire, replyTo, headers.size, total)) {
            ProtocolEncoder.headerPublishLine(it, subject.wire, replyTo, headers.size, total)
            it.put(headers)
            payload(it)
            ProtocolEncoder.endPayload(it)
        }
        if (appended && log.enabled) log.sent(line("HPUB", subject, replyTo, "${headers.size} $total"))
        return appended
    }

    /** Connects, waits for room, and tries again until [append] has done it. */
    private suspend fun appendWhenOpen(subject: Subject, replyTo: ByteArray?, headers: Headers, payloadSize: Int, append: () -> Boolean) {
        requirePublishable(subject)
        val headerSize = if (headers.isEmpty()) 0 else headers.wire.size
        val size = ProtocolEncoder.headerPublishSize(subject.wire, replyTo, headerSize, headerSize + payloadSize)
        while (true) {
            supervisor.awaitPublishable()
            if (append()) return
            offReader { outbound.awaitRoom(size) }
        }
    }

    private fun line(verb: String, subject: Subject, replyTo: ByteArray?, sizes: String): String =
        "$verb $subject ${replyTo?.let { it.decodeToString() + " " }.orEmpty()}$sizes"

    private fun check(subject: Subject, size: Long) {
        requirePublishable(subject)
        if (size > supervisor.maxPayload) tooLarge(size)
    }

    private fun wire(replyTo: Subject?): ByteArray? {
        if (replyTo == null) return null
        if (replyTo.isWildcard) throw InvalidSubjectException(replyTo.value, "a reply goes to a subject without wildcards")
        return replyTo.wire
    }

    private fun tooLarge(size: Long): Nothing = throw PayloadTooLargeException(size, supervisor.maxPayload)

    /** @throws InvalidSubjectException if [subject] holds a wildcard. */
    fun requirePublishable(subject: Subject) {
        if (subject.isWildcard) throw InvalidSubjectException(subject.value, "one publishes to a subject without wildcards")
    }
}
