package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.protocol.ProtocolEncoder
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.ByteBuffer
import java.util.concurrent.locks.ReentrantLock
import kotlin.coroutines.resume

/**
 * Where publishers encode their frames, and what outlives a socket: frames wait here in batches for the [WriterLoop].
 *
 * While one batch is on its way to the socket, publishers fill the next one: the busier the socket, the larger the batches.
 *
 * INVARIANTS (guarded by [lock])
 * - A batch enters [queue] with its first frame, under the lock, so that the queue's order is the order of the frames.
 * - Frames are added only to [open], the last batch of the queue; the writer seals a batch (takes it away from [open]) before it reads it.
 * - A frame is encoded under the lock, whole: neither cancellation nor a concurrent publisher can split it.
 * - [pendingBytes] is what was appended and not yet reported as [written].
 * - A waiter is in [waiters] only while the buffer has no room for it; whoever makes room or closes resumes it.
 *
 * Tested by `OutboundBufferSpec` and `OutboundBufferStressSpec`.
 *
 * @param capacity bytes that may wait before publishers suspend.
 */
internal class OutboundBuffer(private val capacity: Int) {
    internal val lock = ReentrantLock()
    private val queue = Channel<Batch>(Channel.UNLIMITED)
    private var open: Batch? = null
    private val spare = ArrayDeque<Batch>()
    private val waiters = LinkedHashSet<CancellableContinuation<Unit>>()
    private var pendingBytes = 0L
    private var messages = 0L
    private var writtenBytes = 0L
    private var closed = false
    private var pongQueued = false

    /** Whether frames may be appended; set by whoever owns the connection's state. */
    @Volatile
    var accepting: Boolean = false

    /** A consistent view of the counters. */
    val counters: OutboundCounters
        get() = locked { OutboundCounters(messages, writtenBytes, pendingBytes) }

    /**
     * Appends a message of [size] bytes, written by [encode]; `false`, with nothing appended, if there is no room or the connection is not
     * open. A message larger than half the capacity is taken when no more than half is in use: it would wait for ever beside small ones.
     */
    inline fun appendMessage(size: Int, encode: (ByteBuffer) -> Unit): Boolean = append(size, 1, encode)

    /** As [appendMessage], for a frame that is no message. */
    inline fun appendFrame(size: Int, encode: (ByteBuffer) -> Unit): Boolean = append(size, 0, encode)

    internal inline fun append(size: Int, messageCount: Int, encode: (ByteBuffer) -> Unit): Boolean {
        acquire()
        try {
            if (!accepting || !hasRoom(size)) return false
            encodeWhole(batchFor(size), encode)
            appended(size, messageCount)
            return true
        } finally {
            lock.unlock()
        }
    }

    /** Appends a control frame, which is small and never waits for room; `false` if the buffer was closed. */
    inline fun appendControl(size: Int, encode: (ByteBuffer) -> Unit): Boolean {
        acquire()
        try {
            if (isClosed()) return false
            encodeWhole(batchFor(size), encode)
            appended(size, 0)
            return true
        } finally {
            lock.unlock()
        }
    }

    /**
     * Answers a PING, unless an answer waits already: one PONG tells the server as much as many, and a flood of PINGs must not fill
     * memory.
     */
    fun appendPong() {
        locked {
            if (closed || pongQueued) return
            pongQueued = true
            appendControl(ProtocolEncoder.PING_SIZE, ProtocolEncoder::pong)
        }
    }

    /** Suspends until a message of [size] bytes may fit, or the buffer is closed. To be called again until it was appended. */
    suspend fun awaitRoom(size: Int) {
        suspendCancellableCoroutine { continuation ->
            val waits = locked { accepting && !hasRoom(size) && waiters.add(continuation) }
            if (waits) {
                continuation.invokeOnCancellation { locked { waiters.remove(continuation) } }
            } else {
                continuation.resume(Unit)
            }
        }
    }

    /** The next batch, sealed and ready to be read; `null` once closed and empty. */
    suspend fun take(): Batch? {
        val batch = queue.receiveCatching().getOrNull() ?: return null
        locked {
            if (open === batch) open = null
            pongQueued = false
        }
        batch.bytes.flip()
        return batch
    }

    /** The writer is done with [batch], whose [size] bytes went to the socket. */
    fun written(batch: Batch, size: Int) {
        val resumed = locked {
            pendingBytes -= size
            writtenBytes += size
            if (batch.bytes.capacity() == Batch.STANDARD_BYTES && spare.size < capacity / Batch.STANDARD_BYTES + 1) {
                batch.bytes.clear()
                spare.addLast(batch)
            }
            // Waking publishers one batch at a time would make them and the writer take turns.
            if (pendingBytes <= capacity / 2) takeWaiters() else emptyList()
        }
        resumed.forEach { it.resume(Unit) }
    }

    /** Takes nothing more; what is queued can still be taken by the writer. Idempotent. */
    fun close() {
        val resumed = locked {
            accepting = false
            closed = true
            queue.close()
            takeWaiters()
        }
        resumed.forEach { it.resume(Unit) }
    }

    /**
     * The lock is held for less than a microsecond, but by a busy publisher most of the time: a writer that parked at once would be
     * woken, find the lock taken again, and park again, a system call each time.
     */
    internal fun acquire() {
        repeat(SPINS) {
            if (lock.tryLock()) return
            Thread.onSpinWait()
        }
        lock.lock()
    }

    private inline fun <T> locked(block: () -> T): T {
        acquire()
        try {
            return block()
        } finally {
            lock.unlock()
        }
    }

    internal fun isClosed(): Boolean = closed

    internal fun hasRoom(size: Int): Boolean = pendingBytes + size <= capacity || (size > capacity / 2 && pendingBytes <= capacity / 2)

    /** An encoder that throws, as one that reads a caller's closed buffer may, leaves nothing of its frame behind. */
    internal inline fun encodeWhole(bytes: ByteBuffer, encode: (ByteBuffer) -> Unit) {
        val start = bytes.position()
        try {
            encode(bytes)
        } catch (e: Throwable) {
            bytes.position(start)
            throw e
        }
    }

    internal fun batchFor(size: Int): ByteBuffer {
        val current = open
        if (current != null && current.hasRoomFor(size)) return current.bytes
        val next = if (size > Batch.STANDARD_BYTES) Batch(size) else spare.removeLastOrNull() ?: Batch(Batch.STANDARD_BYTES)
        open = next
        return next.bytes
    }

    internal fun appended(size: Int, messageCount: Int) {
        val batch = checkNotNull(open)
        pendingBytes += size
        messages += messageCount
        if (batch.size == size) queue.trySend(batch)
    }

    private companion object {
        /** A few microseconds. */
        const val SPINS = 200
    }

    private fun takeWaiters(): List<CancellableContinuation<Unit>> {
        if (waiters.isEmpty()) return emptyList()
        return waiters.toList().also { waiters.clear() }
    }
}

/**
 * What went through an [OutboundBuffer].
 *
 * @property messages messages appended.
 * @property writtenBytes bytes handed to the socket.
 * @property pendingBytes bytes that wait for it.
 */
internal class OutboundCounters(val messages: Long, val writtenBytes: Long, val pendingBytes: Long)
