package dev.midge.nats.testing.internal.embedded

import java.io.IOException
import java.nio.ByteBuffer

/** The bytes that a client and the server say to each other, with or without TLS around them. Nothing here blocks. */
internal interface ClientChannel {
    /** Whether something that [write] took has not reached the socket yet. */
    val hasUnsent: Boolean

    /**
     * Reads what has arrived, -1 at the end of the stream. [buffer] has room for all that one read brings.
     *
     * @throws IOException if the connection is broken.
     */
    fun read(buffer: ByteBuffer): Int

    /**
     * Takes what can be taken now, and returns how many bytes that were.
     *
     * @throws IOException if the connection is broken.
     */
    fun write(buffer: ByteBuffer): Int

    /** Sends on what [write] took. */
    fun flush()

    /** Whether it is worth waiting for the socket to take more, when [hasMore] waits to be written. */
    fun awaitsSocket(hasMore: Boolean): Boolean

    /** Tells the client that nothing more will come. */
    fun shutdownOutput()

    fun close()
}
