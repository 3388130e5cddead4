package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference

/**
 * The requests of a connection that wait for replies, each under the token that its reply subject ends with.
 *
 * They are in a ring of slots. One whose slot is in use, by another that waits for long, is [aside]: it costs an object or two and holds
 * nothing up. If many are aside at a time, so many requests wait that a larger ring is due. The smaller ones keep what they have; so a request
 * stays where it was put.
 *
 * INVARIANT: a request ends once, by the thread that has taken it out.
 *
 * INVARIANT: [ended] never exceeds the tokens given, and is equal only if nothing waits. Whoever makes it so after a drain has begun to wait
 * sees [idle], and a drain that sees it does not wait: each first writes what the other reads. Tested by `PendingRequestsLincheckSpec`.
 *
 * @param slots of the first ring; a power of two.
 * @param mostSlots of the largest.
 */
internal class PendingRequests(slots: Int = FIRST_SLOTS, private val mostSlots: Int = MOST_SLOTS) {
    private val ring = AtomicReference(RequestRing(slots, older = null))
    private val aside = ConcurrentHashMap<Long, ReplySink>()
    private val given = AtomicLong()
    private val ended = AtomicLong()

    /** Completed when nothing waits any more; set by a drain. */
    @Volatile
    private var idle: CompletableDeferred<Unit>? = null

    /** Read while others come and go: not quite up to date. */
    val size: Int
        get() = ended.get().let { (given.get() - it).toInt() }

    /** Given last; its request may not be among those that wait yet. */
    val lastToken: Long
        get() = given.get()

    /** As many places [forEach] looks at, at least. */
    val places: Int
        get() = ring.get().slots

    /** Adds [sink] and returns its token, which was never used on this connection. */
    fun add(sink: ReplySink): Long {
        val token = given.incrementAndGet()
        val newest = ring.get()
        if (!newest.put(token, sink)) putAside(token, sink, newest)
        return token
    }

    private fun putAside(token: Long, sink: ReplySink, full: RequestRing) {
        aside[token] = sink
        if (ring.get() === full && full.slots < mostSlots &&
            aside.size > full.slots / CROWDED
        ) {
            ring.compareAndSet(full, RequestRing(2 * full.slots, full))
        }
    }

    operator fun get(token: Long): ReplySink? = find(token, RequestRing::get) { aside[token] }

    /** Whether it waits where a request of now would be put: nearly as good as [get], and fast also if it does not. */
    fun isRecent(token: Long): Boolean = ring.get()[token] != null

    /** Ends the wait of the request with [token]: whoever gets its sink tells it why. `null` if it has ended before. */
    fun remove(token: Long): ReplySink? {
        val sink = find(token, RequestRing::remove) { aside.remove(token) } ?: return null
        val count = ended.incrementAndGet()
        val waiting = idle
        if (waiting != null && count == given.get()) waiting.complete(Unit)
        return sink
    }

    private inline fun find(token: Long, inRing: RequestRing.(Long) -> ReplySink?, inMap: () -> ReplySink?): ReplySink? {
        var next: RequestRing? = ring.get()
        while (next != null) {
            next.inRing(token)?.let { return it }
            next = next.older
        }
        return if (aside.isEmpty()) null else inMap()
    }

    fun forEach(action: (Long, ReplySink) -> Unit) {
        var next: RequestRing? = ring.get()
        while (next != null) {
            next.forEach(action)
            next = next.older
        }
        for ((token, sink) in aside) action(token, sink)
    }

    /** Suspends until nothing waits. */
    suspend fun awaitNone() {
        val waiting = CompletableDeferred<Unit>()
        idle = waiting
        if (ended.get() != given.get()) waiting.await()
    }

    private companion object {
        /** 1.5 KiB for a connection without requests. */
        const val FIRST_SLOTS = 128

        /** Less than a MiB, and as much again for the smaller ones. More requests than that may wait, aside. */
        const val MOST_SLOTS = 64 * 1024

        /** This part of the slots may be missing before there are twice as many. */
        const val CROWDED = 8
    }
}
