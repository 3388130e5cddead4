package dev.midge.nats.internal.transport

import dev.midge.nats.InternalNatsApi
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.InternalAPI
import kotlinx.io.Buffer
import kotlinx.io.IOException
import kotlinx.io.InternalIoApi
import kotlinx.io.Source
import kotlinx.io.UnsafeIoApi
import kotlinx.io.readAtMostTo
import kotlinx.io.unsafe.UnsafeBufferOperations
import java.nio.ByteBuffer

/** Takes the bytes `array[from, to)`, which are the caller's again when this returns. */
internal typealias BytesConsumer = (array: ByteArray, from: Int, to: Int) -> Unit

/**
 * A [ByteReadChannel] that is filled in its caller's coroutine: there is no pump coroutine that would have to be woken first.
 *
 * What has come is consumed where it lies, by [consumeAvailable]. It is copied to Ktor's buffer only for those who read by Ktor's functions.
 */
@OptIn(InternalAPI::class)
@InternalNatsApi
public abstract class UnpumpedReadChannel : ByteReadChannel {
    private val buffer = Buffer()

    /** What comes behind [buffer]: `lent[lentFrom, lentTo)`. */
    private var lent = NOTHING
    private var lentFrom = 0
    private var lentTo = 0

    @Volatile
    private var cause: Throwable? = null
    private var endOfStream = false

    override val closedCause: Throwable?
        get() = cause

    override val isClosedForRead: Boolean
        get() = (endOfStream && lentFrom == lentTo && buffer.exhausted()) || cause != null

    override val readBuffer: Source
        get() {
            cause?.let { throw IOException("the connection is closed", it) }
            keepLent()
            return buffer
        }

    /** Ktor's functions ask for the [readBuffer] before they wait, and read it afterwards. */
    override suspend fun awaitContent(min: Int): Boolean = await(min).also { keepLent() }

    internal suspend fun await(min: Int): Boolean {
        while (buffer.size + (lentTo - lentFrom) < min) {
            cause?.let { throw IOException("the connection is closed", it) }
            if (endOfStream) return false
            keepLent()
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

    /** Waits for bytes and lends them, or waits without any having come; `false` at the end of the stream. */
    protected abstract suspend fun fill(): Boolean

    /** Adds `bytes[from, to)` to what can be read. Until the next [fill] nobody may write there. */
    protected fun lend(bytes: ByteArray, from: Int, to: Int) {
        keepLent()
        lent = bytes
        lentFrom = from
        lentTo = to
    }

    private fun keepLent() {
        if (lentFrom < lentTo) buffer.write(lent, lentFrom, lentTo)
        lentFrom = lentTo
    }

    internal fun consume(consumer: BytesConsumer) {
        buffer.consume(consumer)
        val from = lentFrom
        lentFrom = lentTo
        if (from < lentTo) consumer(lent, from, lentTo)
    }

    private companion object {
        val NOTHING = ByteArray(0)
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

/** Suspends until there is something to [consumeAvailable]; `false` at the end of the stream. */
internal suspend fun ByteReadChannel.awaitAvailable(): Boolean = if (this is UnpumpedReadChannel) await(1) else awaitContent()

/**
 * Passes the bytes that [awaitAvailable] has waited for to [consumer], piece by piece, where they lie. This file holds every opt-in to an internal
 * of Ktor or kotlinx-io.
 */
@OptIn(InternalAPI::class)
internal fun ByteReadChannel.consumeAvailable(consumer: BytesConsumer) {
    if (this is UnpumpedReadChannel) consume(consumer) else readBuffer.consume(consumer)
}

@OptIn(InternalIoApi::class, UnsafeIoApi::class)
private fun Source.consume(consumer: BytesConsumer) {
    while (!exhausted()) {
        UnsafeBufferOperations.readFromHead(buffer) { bytes, from, to ->
            consumer(bytes, from, to)
            to - from
        }
    }
}

/**
 * A Source that reads `bytes[from, to)` where they lie: the buffer never writes to an array that it did not make, nor uses it again.
 */
@OptIn(UnsafeIoApi::class)
internal fun sourceOf(bytes: ByteArray, from: Int = 0, to: Int = bytes.size): Source =
    Buffer().also { if (from < to) UnsafeBufferOperations.moveToTail(it, bytes, from, to) }
