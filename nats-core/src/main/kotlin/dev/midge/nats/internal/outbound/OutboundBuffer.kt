package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.protocol.ClientFrames
import dev.midge.nats.internal.protocol.ProtocolEncoder
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.ByteBuffer
import java.util.concurrent.locks.ReentrantLock
import kotlin.coroutines.resume

/**
 * Where publishers encode their frames, and what outlives a socket: frames wait here in batches for the [WriterLoop] of the link in use, or
 * for the next link.
 *
 * While one batch is on its way to the socket, publishers fill the next one: the busier the socket, the larger the batches.
 *
 * INVARIANTS (guarded by [lock])
 * - A batch enters the queue of [lane] with its first frame, under the lock, so that the queue's order is the order of the frames.
 * - Frames are added only to [open], the last batch of that queue; the writer seals a batch (takes it away from [open]) before it reads it.
 * - A frame is encoded under the lock, whole: neither cancellation nor a concurrent publisher can split it.
 * - While not [linked] only messages are appended: who subscribes or leaves is known from the registry when the next link begins.
 * - [pendingBytes] is what was appended and not yet reported as [written].
 * - A waiter is in [waiters] only while the buffer has no room for it; whoever makes room or closes resumes it.
 *
 * Tested by `OutboundBufferSpec`, `OutboundBufferStressSpec` and `OutboundHandOverSpec`.
 *
 * @param capacity bytes that may wait before publishers suspend.
 */
internal class OutboundBuffer(private val capacity: Int) {
    internal val lock = ReentrantLock()
    private var lane = OutboundLane()
    private var open: Batch? = null
    private var linked = false
    private var limit = capacity.toLong()
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
    inline fun appendMessage(size: Int, encode: (ByteBuffer) -> Unit): Boolean {
        acquire()
        try {
            if (!accepting || !hasRoom(size)) return false
            encodeWhole(batchFor(size), encode)
            appended(size, 1)
            return true
        } finally {
            lock.unlock()
        }
    }

    /**
     * Appends a SUB, which waits for room as a message does: `false` if there is none. Without a link it is left to the registry, and the
     * call has nothing to wait for; nor has it when the registry has spoken for it already, as [isTold] says.
     */
    inline fun appendSubscribe(size: Int, isTold: () -> Boolean, encode: (ByteBuffer) -> Unit): Boolean {
        acquire()
        try {
            if (isClosed()) return false
            if (!isLinked() || isTold()) return true
            if (!hasRoom(size)) return false
            encodeWhole(batchFor(size), encode)
            appended(size, 0)
            return true
        } finally {
            lock.unlock()
        }
    }

    /**
     * Appends a control frame, which is small and never waits for room; `false` if there is no link to say it to.
     *
     * @param to the lane of the link that it is meant for, if it makes no sense to another.
     */
    inline fun appendControl(size: Int, to: OutboundLane? = null, encode: (ByteBuffer) -> Unit): Boolean {
        acquire()
        try {
            if (!isLinked(to)) return false
            encodeWhole(batchFor(size), encode)
            appended(size, 0)
            return true
        } finally {
            lock.unlock()
        }
    }

    /**
     * Answers a PING of the link that reads [to], unless an answer waits already: one PONG tells the server as much as many, and a flood of
     * PINGs must not fill memory.
     */
    fun appendPong(to: OutboundLane?) {
        locked {
            if (pongQueued) return
            pongQueued = appendControl(ProtocolEncoder.PING_SIZE, to, ProtocolEncoder::pong)
        }
    }

    /** Suspends until a message of [size] bytes may fit, or the buffer is closed. To be called again until it was appended. */
    suspend fun awaitRoom(size: Int) {
        suspendCancellableCoroutine { continuation ->
            val waits = locked { !closed && (accepting || linked) && !hasRoom(size) && waiters.add(continuation) }
            if (waits) {
                continuation.invokeOnCancellation { locked { waiters.remove(continuation) } }
            } else {
                continuation.resume(Unit)
            }
        }
    }

    /** The next batch of [lane], sealed and ready to be read; `null` once the lane was closed and is empty. */
    suspend fun take(lane: OutboundLane): Batch? {
        val batch = lane.ahead.removeFirstOrNull() ?: lane.queue.receiveCatching().getOrNull() ?: return null
        locked {
            if (open === batch) open = null
            pongQueued = false
        }
        batch.bytes.flip()
        lane.inFlight = batch
        return batch
    }

    /** The writer of [lane] is done with [batch], whose [size] bytes went to the socket. */
    fun written(lane: OutboundLane, batch: Batch, size: Int) {
        lane.inFlight = null
        val resumed = locked {
            pendingBytes -= size
            writtenBytes += size
            recycle(batch)
            // Waking publishers one batch at a time would make them and the writer take turns.
            if (pendingBytes <= capacity / 2) takeWaiters() else emptyList()
        }
        resumed.forEach { it.resume(Unit) }
    }

    /**
     * A link begins and takes what waits. [first] is called under the lock, so that no frame can come between what it knows and what is
     * appended from now on; what it returns goes ahead of everything.
     */
    fun link(first: () -> ByteBuffer?): OutboundLane {
        val (begun, resumed) = locked {
            goAhead(lane, first())
            linked = true
            limit = capacity.toLong()
            accepting = !closed
            // What did not fit while there was no link may fit now; if nothing waits to be written, nothing else would tell.
            lane to takeWaiters()
        }
        resumed.forEach { it.resume(Unit) }
        return begun
    }

    /**
     * The link of [dead] is gone and its writer has ended. Messages that were not handed to the network to their last byte wait for the
     * next link, first of all: the server cannot have read them. Everything else on the lane concerned that link alone.
     *
     * @param buffer how many bytes may wait until then, or `null` if nothing more is to be taken.
     */
    fun unlink(dead: OutboundLane, buffer: Int?) {
        val resumed = locked {
            linked = false
            pongQueued = false
            accepting = buffer != null && !closed
            limit = buffer?.toLong() ?: 0
            open = null
            val next = OutboundLane().also { lane = it }
            moveMessages(dead) { next.queue.trySend(it) }
            takeWaiters()
        }
        resumed.forEach { it.resume(Unit) }
    }

    /**
     * Another link takes over: what was appended so far, and [last] behind it, still goes to the lane in use, which is then closed; what is
     * appended from now on goes to the lane that is returned, with what [first] returns ahead of everything.
     */
    fun handOver(last: ByteBuffer, first: () -> ByteBuffer?): OutboundLane = locked {
        val ending = lane
        open = null
        ending.queue.trySend(batchOf(last))
        ending.queue.close()
        lane = OutboundLane()
        goAhead(lane, first())
        pongQueued = false
        lane
    }

    /** What [ending] could not hand over before its link broke goes ahead of what waits on [next], whose writer has not begun. */
    fun salvage(ending: OutboundLane, next: OutboundLane) {
        val resumed = locked {
            val kept = open
            open = null
            moveMessages(ending, next.ahead::addLast)
            open = kept
            // What cannot be salvaged no longer takes room.
            takeWaiters()
        }
        resumed.forEach { it.resume(Unit) }
    }

    private fun goAhead(lane: OutboundLane, first: ByteBuffer?) {
        if (first != null && first.hasRemaining()) lane.ahead.addLast(batchOf(first))
    }

    private fun batchOf(bytes: ByteBuffer): Batch {
        pendingBytes += bytes.remaining()
        return Batch(bytes.remaining()).also { it.bytes.put(bytes) }
    }

    /** Copies the messages that [from] has not handed over into batches of their own, each passed to [begun] with its first one. */
    private fun moveMessages(from: OutboundLane, begun: (Batch) -> Unit) {
        for (batch in from.takeRest()) {
            val bytes = batch.bytes
            val handedOver = bytes.position()
            pendingBytes -= bytes.limit()
            writtenBytes += handedOver
            var at = 0
            while (at < bytes.limit()) {
                val end = ClientFrames.end(bytes, at)
                if (end > handedOver && ClientFrames.isMessage(bytes, at)) move(bytes, at, end - at, begun)
                at = end
            }
            recycle(batch)
        }
    }

    private fun move(bytes: ByteBuffer, from: Int, size: Int, begun: (Batch) -> Unit) {
        val target = batchFor(size)
        target.put(target.position(), bytes, from, size)
        target.position(target.position() + size)
        pendingBytes += size
        val batch = checkNotNull(open)
        if (batch.size == size) begun(batch)
    }

    private fun recycle(batch: Batch) {
        if (batch.bytes.capacity() == Batch.STANDARD_BYTES && spare.size < capacity / Batch.STANDARD_BYTES + 1) {
            batch.bytes.clear()
            spare.addLast(batch)
        }
    }

    /** Takes nothing more; what is queued can still be taken by the writer. Idempotent. */
    fun close() {
        val resumed = locked {
            accepting = false
            closed = true
            lane.queue.close()
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

    internal fun isLinked(to: OutboundLane? = null): Boolean = linked && !closed && (to == null || to === lane)

    internal fun hasRoom(size: Int): Boolean =
        pendingBytes + size <= limit || (linked && size > capacity / 2 && pendingBytes <= capacity / 2)

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
        if (batch.size == size) lane.queue.trySend(batch)
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
