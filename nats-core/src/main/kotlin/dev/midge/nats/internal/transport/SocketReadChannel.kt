package dev.midge.nats.internal.transport

import dev.midge.nats.InternalNatsApi
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
import kotlinx.io.readAtMostTo
import kotlinx.io.transferFrom
import kotlinx.io.unsafe.UnsafeBufferOperations
import java.nio.ByteBuffer
import java.nio.channels.ReadableByteChannel

/** A [ByteReadChannel] that is filled in its caller's coroutine: there is no pump coroutine that would have to be woken first. */
@OptIn(InternalAPI::class)
@InternalNatsApi
public abstract class UnpumpedReadChannel : ByteReadChannel {
    private val buffer = Buffer()

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
            if (!fill()) endOfStream = true
        }
        return true
    }

    override fun cancel(cause: Throwable?) {
        if (this.cause == null) this.cause = cause ?: IOException("reading was cancelled")
    }

    /**
     * Has the next read of the socket wait for the selector, whose thread then goes on: for a reader that was elsewhere meanwhile. If the
     * selector finds the socket readable before the reader has suspended, it stays for some reads more.
     */
    public open fun goBackToSelector(): Unit = Unit

    /** Waits for bytes and appends them, or waits without any having come; `false` at the end of the stream. */
    protected abstract suspend fun fill(): Boolean

    /** Adds all of [bytes] to what can be read. */
    protected fun append(bytes: ByteBuffer) {
        buffer.transferFrom(bytes)
    }
}

/**
 * Reads a Ktor socket's own NIO channel.
 *
 * Ktor's own read channel is fed by a pump coroutine between the selector and the reader; without it a round trip is about 40 µs shorter.
 */
internal class SocketReadChannel(
    private val socket: Selectable,
    private val channel: ReadableByteChannel,
    private val selector: SelectorManager,
) : UnpumpedReadChannel() {
    private val staging = ByteBuffer.allocateDirect(STAGING_BYTES)
    private var readsSinceSelect = 0

    override suspend fun fill(): Boolean {
        staging.clear()
        val count = read(staging)
        append(staging.flip())
        return count >= 0
    }

    override fun goBackToSelector() {
        readsSinceSelect = READS_PER_SELECT
    }

    /** Reads what the socket has into [target], or waits for it to have something: the number of bytes, 0 after waiting, -1 at the end. */
    suspend fun read(target: ByteBuffer): Int {
        if (readsSinceSelect < READS_PER_SELECT) {
            val count = channel.read(target)
            readsSinceSelect++
            if (count != 0) return count
        }
        readsSinceSelect = 0
        socket.interestOp(SelectInterest.READ, true)
        selector.select(socket, SelectInterest.READ)
        socket.interestOp(SelectInterest.READ, false)
        return 0
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

/** As [UnpumpedReadChannel.goBackToSelector]; a channel that is pumped is filled elsewhere anyway. */
@InternalNatsApi
public fun ByteReadChannel.continueOnSelector() {
    (this as? UnpumpedReadChannel)?.goBackToSelector()
}

/**
 * Reads what there is into [target], which has room, or waits: the number of bytes, which may be 0, or -1 at the end of the stream. From a
 * socket without a copy in between.
 */
@OptIn(InternalAPI::class)
@InternalNatsApi
public suspend fun ByteReadChannel.readInto(target: ByteBuffer): Int {
    val nothingBuffered = readBuffer.exhausted()
    if (nothingBuffered && this is SocketReadChannel) return read(target)
    return if (awaitContent()) readBuffer.readAtMostTo(target) else -1
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

/** A Source that reads [bytes] where they lie: the buffer never writes to an array that it did not make, nor uses it again. */
@OptIn(UnsafeIoApi::class)
internal fun sourceOf(bytes: ByteArray): Source =
    Buffer().also { if (bytes.isNotEmpty()) UnsafeBufferOperations.moveToTail(it, bytes, 0, bytes.size) }
