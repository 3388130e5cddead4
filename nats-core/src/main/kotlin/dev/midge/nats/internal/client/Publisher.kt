package dev.midge.nats.internal.client

import dev.midge.nats.ConnectionState
import dev.midge.nats.Headers
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.outbound.ServerLimits
import dev.midge.nats.internal.protocol.ClientFrames
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.Buffer
import kotlinx.io.Source
import java.nio.ByteBuffer
import java.util.Objects
import java.util.concurrent.ArrayBlockingQueue
import kotlin.time.Duration

/**
 * Checks messages and encodes them into the outbound buffer, in the caller's coroutine.
 *
 * The first try of each function neither suspends nor allocates; only when it fails (not connected, no room) does the call become a
 * coroutine.
 */
internal class Publisher(private val supervisor: ConnectionSupervisor) : NatsPublisher {
    private val outbound = supervisor.outbound
    private val server = supervisor.server
    private val log = supervisor.wireLog
    private val spareBatches = ArrayBlockingQueue<EncodedBatch>(SPARE_BATCHES)

    override suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) {
        publish(subject, payload, 0, payload.size, headers, replyWire(replyTo))
    }

    override suspend fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?) {
        Objects.checkFromIndexSize(offset, length, payload.size)
        publish(subject, payload, offset, length, headers, replyWire(replyTo))
    }

    override suspend fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?) {
        val reply = replyWire(replyTo)
        val bytes = payload.duplicate()
        val size = bytes.remaining()
        appendWhenOpen(subject, reply, headers, size) { append(subject, reply, headers, size) { it.put(bytes) } }
    }

    override suspend fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) {
        publish(subject, buffered(payload), headers, replyWire(replyTo))
    }

    override suspend fun publishWritten(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) {
        val reply = replyWire(replyTo)
        awaitWritten { written ->
            appendWhenOpen(subject, reply, headers, payload.size) {
                append(subject, reply, headers, payload.size, written) { it.put(payload) }
            }
        }
    }

    override suspend fun publishWritten(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) {
        awaitWritten { publish(subject, buffered(payload), headers, replyWire(replyTo), it) }
    }

    private suspend inline fun awaitWritten(publish: (CompletableDeferred<Unit>) -> Unit) {
        val written = CompletableDeferred<Unit>()
        publish(written)
        offReader { written.await() }
    }

    override fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Boolean =
        append(subject, replyWire(replyTo), headers, payload.size) { it.put(payload) }

    override fun tryPublish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?): Boolean {
        Objects.checkFromIndexSize(offset, length, payload.size)
        return append(subject, replyWire(replyTo), headers, length) { it.put(payload, offset, length) }
    }

    override fun tryPublish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?): Boolean =
        append(subject, replyWire(replyTo), headers, payload.remaining()) { it.put(payload.duplicate()) }

    override fun tryPublish(subject: Subject, payload: Buffer, headers: Headers, replyTo: Subject?): Boolean =
        tryPublish(subject, payload, headers, replyWire(replyTo))

    /** As the public ones, for a reply subject that was never a [Subject]. */
    fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: ByteArray?, inPlace: Boolean): Boolean =
        append(subject, replyTo, headers, payload.size, inPlace = inPlace) { it.put(payload) }

    fun tryPublish(
        subject: Subject,
        payload: Buffer,
        headers: Headers,
        replyTo: ByteArray?,
        written: CompletableDeferred<Unit>? = null,
        inPlace: Boolean = false,
    ): Boolean = append(subject, replyTo, headers, size(payload), written, inPlace, payload::drainTo)

    suspend fun publish(
        subject: Subject,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers,
        replyTo: ByteArray?,
        inPlace: Boolean = false,
    ) {
        if (append(subject, replyTo, headers, length, inPlace = inPlace) { it.put(payload, offset, length) }) return
        appendWhenOpen(subject, replyTo, headers, length) { append(subject, replyTo, headers, length) { it.put(payload, offset, length) } }
    }

    suspend fun publish(
        subject: Subject,
        payload: Buffer,
        headers: Headers,
        replyTo: ByteArray?,
        written: CompletableDeferred<Unit>? = null,
        inPlace: Boolean = false,
    ) {
        if (tryPublish(subject, payload, headers, replyTo, written, inPlace)) return
        appendWhenOpen(subject, replyTo, headers, size(payload)) { tryPublish(subject, payload, headers, replyTo, written) }
    }

    override suspend fun publishBatch(fill: PublishBatch.() -> Unit) {
        val batch = spareBatches.poll() ?: EncodedBatch()
        try {
            publish(batch.filledBy(fill))
        } finally {
            batch.clear()
            spareBatches.offer(batch)
        }
    }

    /** Sends the messages of [batch], which stays as it is. */
    suspend fun publish(batch: EncodedBatch) {
        if (batch.messages == 0 || append(batch)) return
        appendWhenOpen(batch.size) { append(batch) }
    }

    private fun append(batch: EncodedBatch): Boolean {
        if (!outbound.accepting) return false
        val limits = server.limits
        batch.check(limits)
        val appended = outbound.appendMessages(batch.size, batch.messages, limits = limits) { it.put(batch.frames) }
        if (appended && log.enabled) ClientFrames.lines(batch.frames).forEach(log::sent)
        return appended
    }

    /** Appends one frame or nothing; `false` if the connection is not open or the buffer is full. */
    private inline fun append(
        subject: Subject,
        replyTo: ByteArray?,
        headers: Headers,
        payloadSize: Int,
        written: CompletableDeferred<Unit>? = null,
        inPlace: Boolean = false,
        payload: (ByteBuffer) -> Unit,
    ): Boolean {
        if (!outbound.accepting) return false
        requirePublishable(subject)
        return append(subject.wire, replyTo, headerWire(headers), payloadSize, written, inPlace, payload)
    }

    private inline fun append(
        subject: ByteArray,
        replyTo: ByteArray?,
        head: ByteArray?,
        payloadSize: Int,
        written: CompletableDeferred<Unit>?,
        inPlace: Boolean,
        payload: (ByteBuffer) -> Unit,
    ): Boolean {
        val limits = server.limits
        check(head, payloadSize, limits)
        // Not with a log of the wire: the answer might be in it before the frame.
        val now = inPlace && !log.enabled
        val appended = outbound.appendMessages(PublishFrame.size(subject, replyTo, head, payloadSize), 1, written, now, limits) {
            PublishFrame.write(it, subject, replyTo, head, payloadSize, payload)
        }
        if (appended && log.enabled) log.sent(PublishFrame.line(subject, replyTo, head, payloadSize))
        return appended
    }

    /** See [dev.midge.nats.Seam.tryReply]. */
    fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean {
        if (!outbound.accepting) return false
        requireAnswerable(replyTo)
        return append(replyTo, null, null, payload.size, null, inPlace = false) { it.put(payload) }
    }

    /** See [dev.midge.nats.Seam.reply]. */
    suspend fun reply(replyTo: ByteArray, payload: ByteArray) {
        if (tryReply(replyTo, payload)) return
        requireAnswerable(replyTo)
        appendWhenOpen(PublishFrame.size(replyTo, null, null, payload.size)) { tryReply(replyTo, payload) }
    }

    private suspend fun appendWhenOpen(subject: Subject, replyTo: ByteArray?, headers: Headers, payloadSize: Int, append: () -> Boolean) {
        requirePublishable(subject)
        appendWhenOpen(PublishFrame.size(subject.wire, replyTo, headerWire(headers), payloadSize), append)
    }

    /** Connects, waits for room of [size] bytes, and tries again until [append] has done it. */
    private suspend fun appendWhenOpen(size: Int, append: () -> Boolean) {
        try {
            while (true) {
                if (!outbound.accepting) supervisor.awaitPublishable()
                if (append()) return
                offReader { supervisor.awaitRoom(size) }
            }
        } catch (e: Throwable) {
            outbound.passOnRoom()
            throw e
        }
    }

    fun check(head: ByteArray?, payloadSize: Int, limits: ServerLimits) {
        val size = (head?.size ?: 0) + payloadSize.toLong()
        if (size > limits.maxPayload || (head != null && !limits.takesHeaders)) throw checkNotNull(limits.violation(size, head != null))
    }

    fun size(payload: Buffer): Int =
        if (payload.size <= Int.MAX_VALUE) payload.size.toInt() else throw PayloadTooLargeException(payload.size, server.limits.maxPayload)

    private companion object {
        /** As many as may be filled at the same time without making new ones. */
        const val SPARE_BATCHES = 8
    }
}

/** Waits for room of [size] bytes; while the connection is lost no longer than the options say. */
internal suspend fun ConnectionSupervisor.awaitRoom(size: Int) {
    val policy = options.reconnect.whileDisconnected
    if (policy !is WhileDisconnected.Buffer || state.value != ConnectionState.Reconnecting) return outbound.awaitRoom(size, withLink = true)
    awaitRoomWithoutLink(size, policy.timeout)
}

private suspend fun ConnectionSupervisor.awaitRoomWithoutLink(size: Int, timeout: Duration) {
    withTimeoutOrNull(timeout) { outbound.awaitRoom(size, withLink = false) } ?: throw notConnected()
}
