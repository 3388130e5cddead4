package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.PayloadTooLargeException
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import dev.midge.nats.internal.outbound.ServerLimits
import kotlinx.io.Source
import java.nio.ByteBuffer
import java.util.Objects

/**
 * The messages of one `publishBatch`, encoded one behind the other while they are given; which connection they go to is open until then.
 *
 * Used by one thread at a time. Can be used again after [clear].
 */
internal class EncodedBatch : PublishBatch {
    /** The frames, from zero to the position. */
    private var bytes: ByteBuffer = ByteBuffer.allocate(FIRST_BYTES)
    private var largest = 0L
    private var hasHeaders = false

    var messages: Int = 0
        private set

    val size: Int
        get() = bytes.position()

    /** A view of the frames, to be read. */
    val frames: ByteBuffer
        get() = bytes.duplicate().flip()

    /** Runs [fill] with a receiver of its own, which takes no more messages afterwards: by then this batch may be filled by others. */
    inline fun filledBy(fill: PublishBatch.() -> Unit): EncodedBatch {
        val receiver = OneBlock(this)
        try {
            receiver.fill()
        } finally {
            receiver.end()
        }
        return this
    }

    /** @throws PayloadTooLargeException or [HeadersNotSupportedException] if a server with these [limits] does not take every message. */
    fun check(limits: ServerLimits) {
        limits.violation(largest, hasHeaders)?.let { throw it }
    }

    override fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?) {
        append(subject, payload.size, headers, replyTo) { it.put(payload) }
    }

    override fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?) {
        Objects.checkFromIndexSize(offset, length, payload.size)
        append(subject, length, headers, replyTo) { it.put(payload, offset, length) }
    }

    override fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?) {
        append(subject, payload.remaining(), headers, replyTo) { it.put(payload.duplicate()) }
    }

    override fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?) {
        val buffer = buffered(payload)
        append(subject, Math.toIntExact(buffer.size), headers, replyTo, buffer::drainTo)
    }

    private inline fun append(subject: Subject, payloadSize: Int, headers: Headers, replyTo: Subject?, payload: (ByteBuffer) -> Unit) {
        requirePublishable(subject)
        val reply = replyWire(replyTo)
        val head = headerWire(headers)
        makeRoom(PublishFrame.size(subject.wire, reply, head, payloadSize))
        val start = size
        try {
            PublishFrame.write(bytes, subject.wire, reply, head, payloadSize, payload)
        } catch (e: Throwable) {
            bytes.position(start)
            throw e
        }
        messages++
        largest = maxOf(largest, (head?.size ?: 0) + payloadSize.toLong())
        hasHeaders = hasHeaders || head != null
    }

    private fun makeRoom(frameSize: Int) {
        if (bytes.remaining() >= frameSize) return
        val needed = Math.addExact(size, frameSize)
        val grown = maxOf(needed.toLong(), minOf(2L * bytes.capacity(), LARGEST)).toInt()
        bytes = ByteBuffer.allocate(grown).put(frames)
    }

    /** Forgets everything, and the memory too if it is more than most batches need. */
    fun clear() {
        if (bytes.capacity() > KEPT_BYTES) bytes = ByteBuffer.allocate(FIRST_BYTES) else bytes.clear()
        messages = 0
        largest = 0
        hasHeaders = false
    }

    private companion object {
        const val FIRST_BYTES = 4 * 1024
        const val KEPT_BYTES = 64 * 1024

        /** What an array can hold on every JVM. */
        const val LARGEST = Int.MAX_VALUE - 8L
    }
}

/** What the block of one `publishBatch` is given to fill [batch] with, until it ends. */
internal class OneBlock(batch: PublishBatch) : PublishBatch {
    @Volatile
    private var batch: PublishBatch? = batch

    fun end() {
        batch = null
    }

    private fun open(): PublishBatch = checkNotNull(batch) { "the block of publishBatch has ended; its receiver takes nothing any more" }

    override fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Unit =
        open().publish(subject, payload, headers, replyTo)

    override fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?): Unit =
        open().publish(subject, payload, offset, length, headers, replyTo)

    override fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?): Unit =
        open().publish(subject, payload, headers, replyTo)

    override fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?): Unit =
        open().publish(subject, payload, headers, replyTo)
}
