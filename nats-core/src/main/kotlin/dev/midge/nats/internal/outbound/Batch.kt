package dev.midge.nats.internal.outbound

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

    val size: Int
        get() = bytes.position()

    fun hasRoomFor(frameSize: Int): Boolean = bytes.remaining() >= frameSize

    companion object {
        /** Big enough that a system call costs little beside filling it, small enough to stay in L2. */
        const val STANDARD_BYTES: Int = 64 * 1024
    }
}
