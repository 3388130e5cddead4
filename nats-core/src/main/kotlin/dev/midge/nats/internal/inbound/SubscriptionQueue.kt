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
 * - `accepted == consumed + taken by the collector but not yet consumed + waiting`.
 * - [consumedMessages] and [consumedBytes] are written by the collector alone, without the lock.
 * - `received <= limit`; once closed nothing is accepted any more.
 * - [collectorWaits] is set only while no message waits and the queue is open; [readersWait] holds readers only while it is overfull.
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

    private val lock = ReentrantLock()
    private val messages = MessageChunks()

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

    private val evicts = overflow is Overflow.DropOldest || overflow is Overflow.Latest

    /** Policies that evict must find everything that is not yet begun among what waits. */
    private val takesAtOnce = if (evicts) 1 else TAKEN_AT_ONCE

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
        messages.add(message)
        return if (messages.arrived == 1) this else null
    }

    override fun wake(wakeUps: GatheredWakeUps): Unit = handOver(emptyList())

    /**
     * As if each of [arrived] had been offered, and the queue been woken. Empties the list, which is its reader's alone; several readers may
     * deliver at the same time, while none of them offers.
     */
    fun deliver(arrived: MutableList<NatsMessage>) {
        try {
            handOver(arrived)
        } finally {
            // Whatever happens: what stays would keep the next messages from being handed over.
            arrived.clear()
        }
    }

    /** Hands over what has arrived, also [others], and wakes the collector: one lock and one wake-up for all messages of a read. */
    private fun handOver(others: List<NatsMessage>) {
        val droppedNow: Long
        val closedNow: Boolean
        val told: List<() -> Unit>
        val waiting: CancellableContinuation<Unit>?
        val failed: NatsException?
        lock.withLock {
            for (i in others.indices) messages.add(others[i])
            val droppedBefore = dropped
            val wasClosed = closed
            if (!receiveAll()) messages.handOver { receive(it) }
            droppedNow = dropped - droppedBefore
            closedNow = closed && !wasClosed
            failed = failure
            told = takeNotices()
            waiting = if (messages.waiting == 0 && !closed) null else collectorWaits.also { collectorWaits = null }
        }
        if (droppedNow > 0) listener.onDropped(droppedNow)
        told.forEach { it() }
        if (closedNow) if (failed == null) listener.onLimitReached() else listener.onFailed(failed)
        // Last: it goes through the collector's dispatcher, which may throw.
        waiting?.resume(Unit)
    }

    /** Receives all that have arrived in one step, if each of them would be accepted and nothing else happen; `false` if not. */
    private fun receiveAll(): Boolean {
        val count = messages.arrived
        if (closed || inEpisode || count >= limit - received) return false
        if (overflow !is Overflow.Suspend && !hasRoom(count, messages.arrivedBytes)) return false
        received += count
        accepted += count
        acceptedBytes += messages.arrivedBytes
        messages.handOver()
        return true
    }

    /** Whether [message], which has arrived, shall wait for the collector, by the policy. */
    private fun receive(message: NatsMessage): Boolean {
        if (closed) return false
        received++
        if (inEpisode && isHalfEmpty()) endEpisode()
        val size = message.size
        val accepts = hasRoom(1, size.toLong()) || evicts || overflow is Overflow.Suspend
        var lost = if (accepts) 0L else 1L
        while (evicts && messages.waiting > 0 && !hasRoom(1, size.toLong())) {
            evict()
            lost++
        }
        if (accepts) {
            accepted++
            acceptedBytes += size
        } else if (overflow is Overflow.Fail) {
            closed = true
            failure = SlowConsumerException(sid, "more than $overflow waited for the collector")
        }
        if (lost > 0) {
            if (!inEpisode) beginEpisode(lost)
            dropped += lost
        }
        if (received >= limit) closed = true
        if (closed) endEpisode()
        return accepts
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

    private fun evict() {
        accepted--
        acceptedBytes -= messages.evict().size
    }

    /** Whether [count] messages more, of [size] bytes together, are within what may wait. */
    private fun hasRoom(count: Int, size: Long): Boolean {
        if (fits(count, size)) return true
        consumedMessagesSeen = consumedMessages.get()
        consumedBytesSeen = consumedBytes.get()
        return fits(count, size)
    }

    private fun fits(count: Int, size: Long): Boolean {
        if (overflow === Overflow.Latest) return count == 1 && messages.waiting == 0
        val before = accepted - consumedMessagesSeen
        // One message always fits where none waits.
        if (before == 0L && count == 1) return true
        return before + count <= overflow.messages && acceptedBytes - consumedBytesSeen + size <= overflow.bytes
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
     * Takes at most [max] messages, which [next] returns then, suspending until there is one. Returns how many; 0 once the queue is closed and
     * empty. Makes no object while messages wait.
     *
     * @throws NatsException the failure that the queue was closed with, after its last message.
     */
    suspend fun take(max: Int = TAKEN_AT_ONCE): Int {
        val count = takeNow(max)
        return if (count == NONE_YET) takeWhenReceived(max) else count
    }

    private suspend fun takeWhenReceived(max: Int): Int {
        while (true) {
            awaitMessage()
            val count = takeNow(max)
            if (count != NONE_YET) return count
        }
    }

    private fun takeNow(max: Int): Int {
        val readers: List<CancellableContinuation<Unit>>
        val told: List<() -> Unit>
        val count: Int
        lock.withLock {
            count = messages.take(minOf(takesAtOnce, max))
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
        return if (count > 0) count else NONE_YET
    }

    private suspend fun awaitMessage() {
        suspendCancellableCoroutine { continuation ->
            val waits = lock.withLock { (messages.waiting == 0 && !closed).also { if (it) collectorWaits = continuation } }
            if (!waits) continuation.resume(Unit)
        }
    }

    /** The next of the messages that were taken: the collector's alone. */
    fun next(): NatsMessage = messages.next()

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
        while (messages.waiting > 0) evict()
    }

    private fun takeReaders(): List<CancellableContinuation<Unit>> =
        if (readersWait.isEmpty()) emptyList() else readersWait.toList().also { readersWait.clear() }

    companion object {
        /** The collector takes the lock once for so many messages. */
        const val TAKEN_AT_ONCE: Int = 64

        private const val NONE_YET = -1
    }
}
