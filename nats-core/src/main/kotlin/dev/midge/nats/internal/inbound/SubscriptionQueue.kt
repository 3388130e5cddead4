package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.SlowConsumerException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.resume

/**
 * The messages of one subscription between the reader and its one collector.
 *
 * INVARIANTS (guarded by [lock] unless said otherwise)
 * - `accepted == consumed + taken by the collector but not yet consumed + in the ring`.
 * - [consumedMessages] and [consumedBytes] are written by the collector alone, without the lock.
 * - `received <= limit`; once closed nothing is accepted any more.
 * - [collectorWaits] is set only while the ring is empty and the queue open; [readersWait] holds readers only while it is overfull.
 *
 * Tested by `SubscriptionQueueSpec`, `SubscriptionQueueStressSpec` and `SubscriptionQueueLincheckSpec`.
 */
internal class SubscriptionQueue(private val sid: Long, private val overflow: Overflow, private val listener: Listener) : Signal {
    /** Told without the lock held. */
    interface Listener {
        /** An episode has begun; [dropped] counts from the first message on. */
        fun onSlowConsumer(dropped: Long)

        /** The episode is over, or the queue was closed in it: it has cost [dropped] messages. */
        fun onEpisodeEnd(dropped: Long)

        fun onDropped(count: Long)

        /** The last message that was asked for has been received: the server ends the subscription by itself. */
        fun onLimitReached()

        /** The queue ran over and was closed with [cause], by `Overflow.Fail`. */
        fun onFailed(cause: NatsException)

        /** The queue is full, and a reader begins to wait for room. */
        fun onReaderHeld() = Unit
    }

    /** What the reader has received and not yet handed over: the reader's alone. */
    private val arrived = ArrayList<NatsMessage>()

    private val lock = ReentrantLock()
    private val ring = MessageRing()

    /** Less what was evicted. */
    private var accepted = 0L
    private var acceptedBytes = 0L
    private val consumedMessages = AtomicLong()
    private val consumedBytes = AtomicLong()
    private var received = 0L
    private var dropped = 0L
    private var limit = Long.MAX_VALUE
    private var inEpisode = false
    private var droppedBeforeEpisode = 0L

    /** What to tell the listener when the lock is free again. */
    private var notices = ArrayList<() -> Unit>()
    private var closed = false

    /** Whether what waits was forgotten, with what the collector has taken but not begun. */
    @Volatile
    var isDiscarded = false
        private set
    private var failure: NatsException? = null
    private var collectorWaits: CancellableContinuation<Unit>? = null

    /** Two while the connection moves from one server to another. */
    private val readersWait = ArrayList<CancellableContinuation<Unit>>(1)

    /** What has been consumed when the reader last looked: it looks again only when the queue seems full. */
    private var consumedMessagesSeen = 0L
    private var consumedBytesSeen = 0L

    /** Policies that evict must find everything that waits in the ring. */
    private val takesAtOnce = if (overflow is Overflow.DropOldest || overflow is Overflow.Latest) 1 else TAKEN_AT_ONCE

    val receivedMessages: Long
        get() = lock.withLock { received }
    val droppedMessages: Long
        get() = lock.withLock { dropped }
    val pendingMessages: Long
        get() = lock.withLock { if (isDiscarded) 0 else accepted - consumedMessages.get() }

    /** [pendingMessages], read without the lock, which the reader often has: not quite up to date. */
    val pendingMessagesEstimate: Long
        get() = accepted - consumedMessages.get()
    val pendingBytes: Long
        get() = lock.withLock { if (isDiscarded) 0 else acceptedBytes - consumedBytes.get() }
    val messageLimit: Long
        get() = lock.withLock { limit }
    val isClosed: Boolean
        get() = lock.withLock { closed }

    /** What it was closed with, if anything. */
    val closeCause: NatsException?
        get() = lock.withLock { failure }

    /** Called by the reader for each message. Returns the queue itself for the first of a read: [wake] hands them over together. */
    fun offer(message: NatsMessage): Signal? {
        arrived.add(message)
        return if (arrived.size == 1) this else null
    }

    override fun wake(wakeUps: GatheredWakeUps) {
        deliver(arrived)
    }

    /**
     * Hands over what has [arrived] and wakes the collector: one lock and one wake-up for all messages of a read. Empties the list, which is
     * its reader's alone; several readers may deliver at the same time.
     */
    fun deliver(arrived: MutableList<NatsMessage>) {
        val droppedNow: Long
        val closedNow: Boolean
        val told: List<() -> Unit>
        val waiting: CancellableContinuation<Unit>?
        val failed: NatsException?
        try {
            lock.withLock {
                val droppedBefore = dropped
                val wasClosed = closed
                for (i in arrived.indices) receive(arrived[i])
                droppedNow = dropped - droppedBefore
                closedNow = closed && !wasClosed
                failed = failure
                told = takeNotices()
                waiting = if (ring.isEmpty && !closed) null else collectorWaits.also { collectorWaits = null }
            }
        } finally {
            // Whatever happens: what stays would keep the next messages from being handed over.
            arrived.clear()
        }
        if (droppedNow > 0) listener.onDropped(droppedNow)
        told.forEach { it() }
        if (closedNow) if (failed == null) listener.onLimitReached() else listener.onFailed(failed)
        // Last: it goes through the collector's dispatcher, which may throw.
        waiting?.resume(Unit)
    }

    private fun receive(message: NatsMessage) {
        if (closed) return
        received++
        if (inEpisode && isHalfEmpty()) endEpisode()
        val droppedNow = accept(message, message.size)
        if (droppedNow > 0) {
            if (!inEpisode) beginEpisode(droppedNow)
            dropped += droppedNow
        }
        if (received >= limit) closed = true
        if (closed) endEpisode()
    }

    private fun beginEpisode(cost: Long) {
        inEpisode = true
        droppedBeforeEpisode = dropped
        val total = dropped + cost
        notices.add { listener.onSlowConsumer(total) }
    }

    private fun endEpisode() {
        if (!inEpisode) return
        inEpisode = false
        val cost = dropped - droppedBeforeEpisode
        notices.add { listener.onEpisodeEnd(cost) }
    }

    private fun takeNotices(): List<() -> Unit> = if (notices.isEmpty()) emptyList() else notices.also { notices = ArrayList() }

    /** Puts the message into the ring or not, by the policy; returns how many messages were dropped. */
    private fun accept(message: NatsMessage, size: Int): Long {
        var evicted = 0L
        if (!hasRoom(size)) {
            when (overflow) {
                is Overflow.DropNewest -> return 1

                is Overflow.DropOldest, Overflow.Latest -> {
                    while (!hasRoom(size) && !ring.isEmpty) {
                        evict()
                        evicted++
                    }
                }

                is Overflow.Fail -> {
                    closed = true
                    failure = SlowConsumerException(sid, "more than $overflow waited for the collector")
                    return 1
                }

                is Overflow.Suspend -> Unit
            }
        }
        ring.add(message)
        accepted++
        acceptedBytes += size
        return evicted
    }

    private fun evict() {
        accepted--
        acceptedBytes -= ring.poll().size
    }

    private fun hasRoom(size: Int): Boolean {
        if (fits(size)) return true
        consumedMessagesSeen = consumedMessages.get()
        consumedBytesSeen = consumedBytes.get()
        return fits(size)
    }

    private fun fits(size: Int): Boolean {
        if (overflow === Overflow.Latest) return ring.isEmpty
        val waiting = accepted - consumedMessagesSeen
        return waiting == 0L || (waiting < overflow.messages && acceptedBytes - consumedBytesSeen + size <= overflow.bytes)
    }

    private fun isHalfEmpty(): Boolean =
        accepted - consumedMessages.get() <= overflow.messages / 2 && acceptedBytes - consumedBytes.get() <= overflow.bytes / 2

    private fun isOverfull(): Boolean =
        accepted - consumedMessages.get() >= overflow.messages || acceptedBytes - consumedBytes.get() >= overflow.bytes

    override val holdsReader: Boolean
        get() = overflow is Overflow.Suspend && lock.withLock { !closed && isOverfull() }

    override suspend fun awaitRoom() {
        if (!holdsReader) return
        listener.onReaderHeld()
        while (true) {
            suspendCancellableCoroutine { continuation ->
                val waits = lock.withLock { (!closed && isOverfull()).also { if (it) readersWait += continuation } }
                if (!waits) continuation.resume(Unit)
            }
            if (lock.withLock { closed || !isOverfull() }) break
        }
    }

    /**
     * Moves waiting messages into [batch], suspending until there is one. Returns how many; 0 once the queue is closed and empty.
     *
     * @throws NatsException the failure that the queue was closed with, after its last message.
     */
    suspend fun take(batch: Array<NatsMessage?>): Int {
        while (true) {
            val readers: List<CancellableContinuation<Unit>>
            val told: List<() -> Unit>
            val count: Int
            lock.withLock {
                count = ring.pollInto(batch, minOf(takesAtOnce, batch.size))
                if (count == 0 && closed) {
                    failure?.let { throw it }
                    return 0
                }
                val hasCaughtUp = (inEpisode || readersWait.isNotEmpty()) && isHalfEmpty()
                if (hasCaughtUp) endEpisode()
                told = takeNotices()
                readers = if (hasCaughtUp) takeReaders() else emptyList()
            }
            told.forEach { it() }
            readers.forEach { it.resume(Unit) }
            if (count > 0) return count
            awaitMessage()
        }
    }

    private suspend fun awaitMessage() {
        suspendCancellableCoroutine { continuation ->
            val waits = lock.withLock { (ring.isEmpty && !closed).also { if (it) collectorWaits = continuation } }
            if (!waits) continuation.resume(Unit)
        }
    }

    /** The collector has finished with [message]. */
    fun consumed(message: NatsMessage) {
        consumedBytes.lazySet(consumedBytes.plain + message.size)
        consumedMessages.lazySet(consumedMessages.plain + 1)
    }

    /**
     * Accepts at most [max] messages counted from the beginning; `true` if that many have been received already, which closes the queue.
     */
    fun limitTo(max: Long): Boolean {
        val waiting: CancellableContinuation<Unit>?
        lock.withLock {
            if (closed) return true
            limit = max
            if (received < max) return false
            closed = true
            waiting = collectorWaits.also { collectorWaits = null }
        }
        waiting?.resume(Unit)
        return true
    }

    /** Accepts nothing more; what waits is still taken, then comes [cause] if there is one. Idempotent. */
    fun close(cause: NatsException? = null) {
        finish(cause, discard = false)
    }

    /** Accepts nothing more and forgets what waits. */
    fun discard() {
        finish(null, discard = true)
    }

    private fun finish(cause: NatsException?, discard: Boolean) {
        val told: List<() -> Unit>
        val waiting: CancellableContinuation<Unit>?
        val readers: List<CancellableContinuation<Unit>>
        lock.withLock {
            if (!closed) failure = cause
            closed = true
            endEpisode()
            told = takeNotices()
            if (discard) forget()
            waiting = collectorWaits.also { collectorWaits = null }
            readers = takeReaders()
        }
        waiting?.resume(Unit)
        readers.forEach { it.resume(Unit) }
        told.forEach { it() }
    }

    private fun forget() {
        isDiscarded = true
        while (!ring.isEmpty) evict()
    }

    private fun takeReaders(): List<CancellableContinuation<Unit>> =
        if (readersWait.isEmpty()) emptyList() else readersWait.toList().also { readersWait.clear() }

    companion object {
        /** The collector takes the lock once for so many messages. */
        const val TAKEN_AT_ONCE: Int = 64
    }
}
