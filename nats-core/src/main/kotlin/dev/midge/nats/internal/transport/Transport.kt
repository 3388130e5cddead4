package dev.midge.nats.internal.transport

import dev.midge.nats.InternalNatsApi
import io.ktor.utils.io.ByteReadChannel
import java.nio.ByteBuffer

/**
 * An open byte stream to a server. One reader and one writer at a time; they may be different threads.
 *
 * Failures are `IOException`s.
 */
@InternalNatsApi
public interface Transport {
    /** What the server sends. A read that was cancelled is the last one. */
    public val input: ByteReadChannel

    /**
     * Hands all remaining bytes of [bytes] to the network, suspending while it takes none. After a failure or a cancellation the
     * buffer's position tells how many were handed over at most, its limit is what it was, and nothing more can be written.
     */
    public suspend fun write(bytes: ByteBuffer)

    /** Closes the stream and returns when it is closed. Reads and writes must have ended or been cancelled before. Idempotent. */
    public suspend fun close()
}

/** Opens a [Transport]. */
internal fun interface Connector {
    /** @throws java.io.IOException if [endpoint] cannot be resolved or reached. */
    suspend fun connect(endpoint: Endpoint): Transport
}

/**
 * Where a server listens: [scheme] tells by which kind of stream it is reached, [authority] what its URL calls it, as in a `Host` header,
 * wherever [host] and [port] lead.
 */
@InternalNatsApi
public class Endpoint(
    public val scheme: String,
    public val host: String,
    public val port: Int,
    public val path: String = "",
    public val authority: String = "$host:$port",
)
