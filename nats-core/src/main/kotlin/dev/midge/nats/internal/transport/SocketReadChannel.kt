package dev.midge.nats.internal.transport

import io.ktor.network.selector.SelectInterest
import io.ktor.network.selector.Selectable
import io.ktor.network.selector.SelectorManager
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.InternalAPI
import kotlinx.io.Buffer
import kotlinx.io.IOException
import kotlinx.io.InternalIoApi
import kotlinx.io.Source
import kotlinx.io.UnsafeIoApi
import kotlinx.io.transferFrom
import kotlinx.io.unsafe.UnsafeBufferOperations
import java.nio.ByteBuffer
import java.nio.channels.ReadableByteChannel

/**
 * A [ByteReadChannel] that reads a Ktor socket's own NIO channel in its caller's coroutine.
 *
 * Ktor's own read channel is fed by a pump coroutine between the selector and the reader; without it a round trip is about 40 µs shorter.
 */
@OptIn(InternalAPI::class)
internal class SocketReadChannel(
    private val socket: Selectable,
    private val channel: ReadableByteChannel,
    private val selector: SelectorManager,
) : ByteReadChannel {
    private val buffer = Buffer()
    private val staging = ByteBuffer.allocateDirect(STAGING_BYTES)
    private var readsSinceSelect = 0

    @Volatile
    private var cause: Throwable? = null
    private var endOfStream = false

    override val closedCause: Throwable?
        get() = cause

    override val isClosedForRead: Boolean
        get() = (endOfStream && buffer.exhausted()) || cause != null

    override val readBuffer: Source
        get() {
            cause?.let { throw IOException("the connection is closed", it) }
            return buffer
        }

    override suspend fun awaitContent(min: Int): Boolean {
        while (buffer.size < min) {
            cause?.let { throw IOException("the connection is closed", it) }
            if (endOfStream) return false
            if (readsSinceSelect < READS_PER_SELECT && readSome()) continue
            readsSinceSelect = 0
            socket.interestOp(SelectInterest.READ, true)
            selector.select(socket, SelectInterest.READ)
            socket.interestOp(SelectInterest.READ, false)
        }
        return true
    }

    override fun cancel(cause: Throwable?) {
        if (this.cause == null) this.cause = cause ?: IOException("reading was cancelled")
    }

    /** Whether another round may bring more: `false` if the socket has nothing to read now. */
    private fun readSome(): Boolean {
        staging.clear()
        val count = channel.read(staging)
        if (count == 0) return false
        if (count < 0) {
            endOfStream = true
            return true
        }
        staging.flip()
        buffer.transferFrom(staging)
        readsSinceSelect++
        return true
    }

    private companion object {
        /** One read takes what a loaded server has sent meanwhile, in few system calls, and stays within L2. */
        const val STAGING_BYTES = 64 * 1024

        /**
         * The reader runs on the selector's thread. A server that sends without pause must not keep that thread from telling the writer
         * that there is room again, so that the reader goes through the selector after this many reads.
         */
        const val READS_PER_SELECT = 16
    }
}

/**
 * Passes the bytes that `awaitContent` has waited for to [consume] where they lie, one buffer segment (at most 8 KiB) a call:
 * `consume(array, from, to)`. This file holds every opt-in to an internal of Ktor or kotlinx-io.
 */
@OptIn(InternalAPI::class, InternalIoApi::class, UnsafeIoApi::class)
internal inline fun ByteReadChannel.consumeSegments(consume: (ByteArray, Int, Int) -> Unit) {
    val buffer = readBuffer.buffer
    while (!buffer.exhausted()) {
        UnsafeBufferOperations.readFromHead(buffer) { bytes, from, to ->
            consume(bytes, from, to)
            to - from
        }
    }
}
