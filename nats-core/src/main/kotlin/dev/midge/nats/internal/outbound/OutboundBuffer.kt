package dev.midge.nats.internal.outbound

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.internal.protocol.ProtocolEncoder
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.ByteBuffer
import java.util.concurrent.locks.ReentrantLock
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume

/**
 * Where publishers encode their frames, and what outlives a socket: frames wait here in batches for the [WriterLoop] of the link in use, or
 * for the next link.
 *
 * While one batch is on its way to the socket, publishers fill the next one: the busier the socket, the larger the batches.
 *
 * INVARIANTS (guarded by [lock], as [OutboundBatches] is)
 * - The writer seals a batch, so that nothing more is added to it, before it reads it.
 * - A frame is encoded under the lock, whole: neither cancellation nor a concurrent publisher can split it.
 * - While not [linked] only messages are appended: who subscribes or leaves is known from the registry when the next link begins.
 * - While somebody is in [waiters], something waits to be written, or one that was resumed has yet to append or to pass the room on. Whenever half
 *   the capacity becomes free or has been written since, and when nothing is left, those who waited longest are resumed, as many as fit.
 * - Who waits for a frame to be handed to the socket is in [unwritten] until it was, or until [abandon].
 *
 * Tested by `OutboundBufferSpec`, `OutboundBufferStressSpec`, `OutboundHandOverSpec` and `PublishWrittenSpec`.
 *
 * @param capacity bytes that may wait before publishers suspend.
 * @param writers where the writers run.
 */
internal class OutboundBuffer(private val capacity: Int, writers: CoroutineDispatcher) {
    internal val lock = ReentrantLock()
    internal val batches = OutboundBatches(spares = capacity / Batch.STANDARD_BYTES + 1, writers)
    private var linked = false
    private var limit = capacity.toLong()
    private val waiters = RoomWaiters()
    internal val whenWaiterCancelled = { _: Throwable, _: Unit, _: CoroutineContext -> passOnRoom() }
    private val unwritten = LinkedHashSet<CompletableDeferred<Unit>>()
    private var closed = false
    private var pongQueued = false

    /** How much had been written when waiters were resumed last. */
    private var resumedAt = 0L

    /** Called for each message that is taken out just before it would be written. Set before the first link. */
    var onDiscarded: (DiscardedMessage) -> Unit = {}

    /** Whether frames may be appended; set by the owner of the connection's state. */
    @Volatile
    var accepting: Boolean = false

    /** How many bytes wait, read without the lock: not quite up to date. */
    val pendingBytesEstimate: Long
        get() = batches.pendingBytes

    /** A consistent view of the counters. */
    val counters: OutboundCounters
        get() = locked { batches.run { OutboundCounters(messages, writtenBytes, pendingBytes, pendingMessages, discardedMessages) } }

    /**
     * Appends [messageCount] messages of [size] bytes together, written by [encode]; `false`, with nothing appended, if there is no room or
     * the connection is not open. More than half the capacity is taken when no more than half is in use: it would wait for ever beside
     * small messages.
     *
     * @param written completed when all of it was handed to the socket, or failed if that will not be.
     * @param inPlace whether the writer, if this wakes it, runs in the caller's thread: for those who have nothing else to do until an answer
     *   comes. Not for large messages, with which it would have the thread for long.
     * @param limits what the messages were checked against. If others hold when they are about to be written, they are checked again.
     */
    inline fun appendMessages(
        size: Int,
        messageCount: Int = 1,
        written: CompletableDeferred<Unit>? = null,
        inPlace: Boolean = false,
        limits: ServerLimits? = null,
        encode: (ByteBuffer) -> Unit,
    ): Boolean {
        val writer = locked {
            if (!accepting || !hasRoom(size)) return false
            val keepsWriter = inPlace && size <= LARGEST_IN_PLACE
            val batch = batches.append(size, messageCount, keepsWriter, encode)
            if (batch.limits !== limits) batch.limits = null
            if (written != null) watch(batch, written)
            if (keepsWriter) batches.lane.dispatcher.takeKept() else null
        }
        writer?.run()
        return true
    }

    /** Appends [frames], which may be anything, as [appendMessages] does. They are for the link in use alone. */
    fun appendOpaque(frames: ByteBuffer): Boolean = locked {
        if (!accepting || !linked || !hasRoom(frames.remaining())) return false
        batches.appendOpaque(frames)
        true
    }

    /**
     * Appends a SUB, which waits for room as a message does: `false` if there is none. Without a link it is left to the registry, and the
     * call has nothing to wait for; nor has it when the registry has spoken for it already, as [isTold] says.
     */
    inline fun appendSubscribe(size: Int, isTold: () -> Boolean, encode: (ByteBuffer) -> Unit): Boolean = locked {
        if (isClosed()) return false
        if (!isLinked() || isTold()) return true
        if (!hasRoom(size)) return false
        batches.append(size, 0, encode = encode)
        return true
    }

    /**
     * Appends a control frame, which is small and never waits for room; `false` if there is no link to say it to.
     *
     * @param to the lane of the link that it is meant for, if it makes no sense to another.
     */
    inline fun appendControl(size: Int, to: OutboundLane? = null, encode: (ByteBuffer) -> Unit): Boolean = locked {
        if (!isLinked(to)) return false
        batches.append(size, 0, encode = encode)
        return true
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

    /**
     * Suspends until a message of [size] bytes may fit, or the buffer is closed. To be called again until it was appended; a caller that gives
     * up calls [passOnRoom].
     *
     * @param withLink whether the caller has seen a link: returns at once if one has come or gone since. `null` where it does not matter.
     */
    suspend fun awaitRoom(size: Int, withLink: Boolean? = null) {
        suspendCancellableCoroutine { continuation ->
            val waiter = RoomWaiter(size, continuation, this)
            val waits = locked {
                val waits = !closed && (accepting || linked) && (withLink ?: linked) == linked && !hasRoom(size)
                if (waits) waiters.add(waiter)
                waits
            }
            if (waits) continuation.invokeOnCancellation(waiter) else continuation.resume(Unit)
        }
    }

    /** One that was resumed to have room does not use it: others may. */
    fun passOnRoom() {
        resuming { takeFitting(Long.MAX_VALUE) }
    }

    fun forget(waiter: RoomWaiter) {
        locked { waiters.remove(waiter) }
    }

    /**
     * The next batch of [lane], sealed and ready to be read; `null` once the lane was closed and is empty. Makes no object while batches
     * wait, which is what a suspending function with anything behind its suspension costs.
     */
    suspend fun take(lane: OutboundLane): Batch? {
        val batch = lane.ahead.removeFirstOrNull() ?: lane.queue.tryReceive().getOrNull()
        return if (batch != null && seal(lane, batch)) batch else awaitBatch(lane)
    }

    private suspend fun awaitBatch(lane: OutboundLane): Batch? {
        while (true) {
            val batch = lane.ahead.removeFirstOrNull() ?: lane.queue.receiveCatching().getOrNull() ?: return null
            if (seal(lane, batch)) return batch
        }
    }

    /** Whether there is something to write in [batch], which was taken from [lane]. */
    private fun seal(lane: OutboundLane, batch: Batch): Boolean {
        lane.growth.await(batch)
        val limits = locked {
            batches.seal(batch)
            pongQueued = false
            lane.limits
        }
        batch.bytes.flip()
        lane.inFlight = batch
        return limits == null || batch.limits === limits || batch.isOpaque || screen(lane, batch, limits)
    }

    /**
     * What the messages of [batch] were checked against holds no more: those that its server would not take are taken out. Returns whether
     * others are left.
     */
    private fun screen(lane: OutboundLane, batch: Batch, limits: ServerLimits): Boolean {
        var isEmpty = false
        val discarded = resuming {
            val before = batches.pendingBytes
            discarding(batches.screen(batch, limits)).also {
                isEmpty = !batch.bytes.hasRemaining()
                if (isEmpty) {
                    lane.inFlight = null
                    batches.written(batch, 0)
                }
                takeFitting(before)
            }
        }
        discarded.forEach(onDiscarded)
        return !isEmpty
    }

    /** The writer of [lane] is done with [batch], whose [size] bytes went to the socket. */
    fun written(lane: OutboundLane, batch: Batch, size: Int) {
        lane.inFlight = null
        resuming {
            lane.writtenBytes += size
            val before = batches.pendingBytes
            handedOver(batches.written(batch, size))
            takeFitting(before)
        }
    }

    /**
     * A link begins and takes what waits. [first] is called under the lock, so that no frame can come between what it knows and what is
     * appended from now on; what it returns goes ahead of everything.
     *
     * @param limits what its server takes.
     */
    fun link(limits: ServerLimits? = null, first: () -> ByteBuffer?): OutboundLane = resuming {
        batches.goAhead(first())
        batches.lane.limits = limits
        linked = true
        limit = capacity.toLong()
        accepting = !closed
        // What did not fit while there was no link may fit now; if nothing waits to be written, nothing else would tell.
        takeWaiters()
        batches.lane
    }

    /** The server of the link that takes what is appended has new [limits]; what waits for it is checked against them before it is written. */
    fun limitTo(limits: ServerLimits) {
        locked { batches.lane.limits = limits }
    }

    /**
     * The link of [dead] is gone and its writer has ended. Messages that were not handed to the network to their last byte wait for the
     * next link, first of all.
     *
     * @param buffer how many bytes may wait until then, or `null` to take nothing more.
     * @param cause why the link is gone.
     * @return the message in whose middle too many links have broken, if there is one: it does not go on.
     */
    fun unlink(dead: OutboundLane, buffer: Int?, cause: NatsException = lost()): List<DiscardedMessage> = resuming {
        linked = false
        pongQueued = false
        accepting = buffer != null && !closed
        limit = buffer?.toLong() ?: 0
        moved(batches.leaveLane(dead, cause))
    }

    /**
     * Another link takes over: what was appended so far, and [last] behind it, still goes to the lane in use, which is then closed; what is
     * appended from now on goes to the lane that is returned, with what [first] returns ahead of everything.
     *
     * @param limits what the server of the other link takes.
     */
    fun handOver(last: ByteBuffer, limits: ServerLimits? = null, first: () -> ByteBuffer?): OutboundLane = locked {
        batches.changeLane(last).also {
            it.limits = limits
            batches.goAhead(first())
            pongQueued = false
        }
    }

    /**
     * What [ending] could not hand over before its link broke, because of [cause], goes ahead of what waits on [next], whose writer has not
     * begun. Returns as [unlink].
     */
    fun salvage(ending: OutboundLane, next: OutboundLane, cause: NatsException = lost()): List<DiscardedMessage> = resuming {
        moved(batches.salvage(ending, next, cause))
    }

    /** How many bytes of [lane] were handed to the socket, also of a batch that is still on its way: read by others, not quite up to date. */
    fun handedOver(lane: OutboundLane): Long = locked { lane.writtenBytes } + (lane.inFlight?.bytes?.position() ?: 0)

    /** Takes nothing more; what is queued can still be taken by the writer. Idempotent. */
    fun close() {
        resuming {
            accepting = false
            closed = true
            batches.lane.queue.close()
            takeWaiters()
        }
    }

    /** The last writer has ended: who still waits for a frame to be handed to the socket is told [cause]. */
    fun abandon(cause: NatsException) {
        val waiting = locked { unwritten.toList().also { unwritten.clear() } }
        waiting.forEach { it.completeExceptionally(cause) }
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

    internal inline fun <T> locked(block: () -> T): T {
        acquire()
        try {
            return block()
        } finally {
            lock.unlock()
        }
    }

    /** Runs [block] under the lock, and then resumes the waiters that it found to have waited long enough. */
    private inline fun <T> resuming(block: Resumed.() -> T): T {
        val resumed = Resumed()
        val result = locked { resumed.block() }
        resumed.resume()
        return result
    }

    internal fun isClosed(): Boolean = closed

    internal fun isLinked(to: OutboundLane? = null): Boolean = linked && !closed && (to == null || to === batches.lane)

    internal fun hasRoom(size: Int): Boolean = batches.pendingBytes + size <= limit || hasRoomForLarge(size)

    private fun hasRoomForLarge(size: Int): Boolean = linked && size > capacity / 2 && batches.pendingBytes <= capacity / 2

    internal fun watch(batch: Batch, written: CompletableDeferred<Unit>) {
        batch.watch(written)
        unwritten.add(written)
    }

    /** Waiters to resume when the lock is free again. */
    private inner class Resumed {
        private var roomFor: RoomWaiter? = null
        private var written = emptyList<CompletableDeferred<Unit>>()
        private var discarded = emptyList<DiscardedMessage>()

        fun takeWaiters() {
            roomFor = waiters.takeWhile { _, _ -> true }
        }

        /**
         * As many as there is room for, if half the capacity has become free since [before] bytes waited: if it were one batch, publishers and
         * the writer would take turns. Those who were resumed then may have yet to append; so not again until as much is written, or all.
         */
        fun takeFitting(before: Long) {
            val pending = batches.pendingBytes
            val written = batches.writtenBytes - resumedAt
            if (pending > capacity / 2 || (before <= capacity / 2 && pending > 0 && written < capacity / 2)) return
            resumedAt = batches.writtenBytes
            roomFor = waiters.takeWhile { sum, isFirst -> pending + sum <= limit || (isFirst && hasRoomForLarge(sum.toInt())) }
        }

        fun handedOver(watches: List<CompletableDeferred<Unit>>) {
            if (watches.isEmpty()) return
            written = watches
            unwritten.removeAll(watches.toSet())
        }

        /** What cannot go on no longer takes room. */
        fun moved(result: MovedMessages): List<DiscardedMessage> {
            handedOver(result.handedOver)
            takeWaiters()
            return discarding(result.discarded)
        }

        fun discarding(messages: List<DiscardedMessage>): List<DiscardedMessage> {
            discarded = messages
            messages.forEach { unwritten.removeAll(it.watches.toSet()) }
            return messages
        }

        fun resume() {
            written.forEach { it.complete(Unit) }
            discarded.forEach { message -> message.watches.forEach { it.completeExceptionally(message.cause) } }
            // Last: it goes through users' dispatchers, which may throw.
            roomFor?.resumeAll()
        }
    }

    internal companion object {
        /** A few microseconds. */
        private const val SPINS = 200

        private fun lost() = ConnectionLostException("the link was lost")

        /** One record of TLS. */
        const val LARGEST_IN_PLACE = 16 * 1024
    }
}
