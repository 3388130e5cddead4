package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/** The bytes of one client, whatever carries them. One thread reads; any may write. */
internal interface Wire : AutoCloseable {
    /** A buffer of the kind that [read] and [write] move without a copy of their own. */
    fun allocate(bytes: Int): ByteBuffer

    /** Reads what is there into [buffer], waits if there is nothing, and returns how much it was; -1 at the end. */
    fun read(buffer: ByteBuffer): Int

    /** Writes all that remains in [buffer]. */
    fun write(buffer: ByteBuffer)
}
