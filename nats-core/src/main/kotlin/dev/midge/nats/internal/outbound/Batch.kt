package dev.midge.nats.internal.outbound

import kotlinx.coroutines.CompletableDeferred
import java.nio.ByteBuffer

/**
 * Encoded frames on their way to the socket, whole ones only.
 *
 * Guarded by the [OutboundBuffer]'s lock until the writer takes it; from then on the writer's alone.
 */
internal class Batch(capacity: Int) {
    /**
     * Direct for the batches that are used again and again, so that the socket takes the bytes without another copy. A larger one lives for
     * one frame: direct memory of every size would be cleared and freed for it.
     */
    val bytes: ByteBuffer = if (capacity == STANDARD_BYTES) ByteBuffer.allocateDirect(capacity) else ByteBuffer.allocate(capacity)

    /** How many messages are among the frames. */
    var messages: Int = 0

    /** Bytes that nobody has looked at: where their frames end is not known, so that they cannot go to another link. */
    var isOpaque: Boolean = false

    /** What all its messages were checked against; `null` if that is not one and the same. */
    var limits: ServerLimits? = null

    /** Who waits until a frame was handed to the socket, in the order of the frames. */
    private var watches = NONE

    /** How many bytes of its last frames are not in [bytes] yet. */
    var staged: Int = 0

    val size: Int
        get() = bytes.position() + staged

    fun hasRoomFor(frameSize: Int): Boolean = bytes.remaining() - staged >= frameSize

    /** [written] is completed when everything that is in the batch now was handed to the socket. */
    fun watch(written: CompletableDeferred<Unit>, end: Int = size) {
        if (watches.isEmpty()) watches = ArrayList()
        watches.add(Watch(end, written))
    }

    /** Takes away those who wait for the bytes before [end]. */
    fun takeWatches(end: Int): List<CompletableDeferred<Unit>> {
        if (watches.isEmpty()) return emptyList()
        val (done, rest) = watches.partition { it.end <= end }
        watches = if (rest.isEmpty()) NONE else ArrayList(rest)
        return done.map { it.written }
    }

    fun clear() {
        bytes.clear()
        messages = 0
        isOpaque = false
    }

    private class Watch(val end: Int, val written: CompletableDeferred<Unit>)

    companion object {
        /** Big enough that a system call costs little beside filling it, small enough to stay in L2. */
        const val STANDARD_BYTES: Int = 64 * 1024

        private val NONE = ArrayList<Watch>(0)
    }
}
