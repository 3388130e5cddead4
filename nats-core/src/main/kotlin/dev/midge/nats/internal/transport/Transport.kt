package dev.midge.nats.internal.transport

import io.ktor.utils.io.ByteReadChannel
import java.nio.ByteBuffer

/**
 * An open byte stream to a server. One reader and one writer at a time; they may be different threads.
 *
 * Failures are `IOException`s.
 */
internal interface Transport {
    /** What the server sends. A read that was cancelled is the last one. */
    val input: ByteReadChannel

    /**
     * Hands all remaining bytes of [bytes] to the network, suspending while it takes none. After a failure or a cancellation the
     * buffer's position tells how many were handed over at most, its limit is what it was, and nothing more can be written.
     */
    suspend fun write(bytes: ByteBuffer)

    /** Closes the stream and returns when it is closed. Reads and writes must have ended or been cancelled before. Idempotent. */
    suspend fun close()
}

/** Opens a [Transport]. */
internal fun interface Connector {
    /** @throws java.io.IOException if [endpoint] cannot be resolved or reached. */
    suspend fun connect(endpoint: Endpoint): Transport
}

/** Where a server listens: [scheme] tells by which kind of stream it is reached. */
internal class Endpoint(val scheme: String, val host: String, val port: Int, val path: String)
