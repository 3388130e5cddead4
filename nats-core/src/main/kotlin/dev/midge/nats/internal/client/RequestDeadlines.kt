package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import dev.midge.nats.internal.inbound.GatheredWakeUps
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong

/**
 * The deadlines of the requests in [waiting], for one timer.
 *
 * Most requests are answered long before their deadline. So a new one only compares its deadline with [nextRound], the earliest deadline among
 * the new ones, and at that time the timer goes the round: it puts those that still wait into [queue], its own, in the order of their
 * deadlines. The queue knows tokens alone: it does not hold what is answered later.
 *
 * INVARIANT: a request that waits is in [queue], or a round that finds it begins at its deadline at the latest. A round sets [nextRound] to
 * "never", then [rounded], then it looks; a request is in [waiting] first, then [watch] reads [rounded], then [nextRound]. If a round has
 * passed its token by, it goes to [passedBy] in between. Tested by `RequestDeadlinesLincheckSpec`.
 */
internal class RequestDeadlines(private val waiting: PendingRequests) {
    /** By `System.nanoTime`, whose values may overflow: compared by their difference. */
    private val nextRound = AtomicLong(never())

    /** The last token that a round has looked for. */
    @Volatile
    private var rounded = 0L

    /** Tokens that were given before a round and became visible after it. */
    private val passedBy = ConcurrentLinkedQueue<Long>()

    /** The timer's alone, as [due]. */
    private val queue = DeadlineQueue()
    private val due = GatheredWakeUps()

    /** To be called after [sink] was added to what waits, under [token]. Returns whether the timer is to look earlier than it knows. */
    fun watch(token: Long, sink: ReplySink): Boolean {
        if (token <= rounded) passedBy.add(token)
        val deadline = sink.deadline
        var known = nextRound.get()
        while (deadline - known < 0) {
            if (nextRound.compareAndSet(known, deadline)) return true
            known = nextRound.get()
        }
        return false
    }

    /** Ends what is due at [now] and returns when to look again. The timer's alone. */
    fun endDue(now: Long): Long {
        if (nextRound.get() - now <= 0) goRound()
        while (!queue.isEmpty && queue.earliest - now <= 0) {
            val sink = waiting.remove(queue.removeEarliest()) ?: continue
            sink.onTimeout()
            sink.wake(due)
        }
        due.wake()
        val round = nextRound.get()
        return if (queue.isEmpty || round - queue.earliest < 0) round else queue.earliest
    }

    /** Puts into the queue what has come since the last round and still waits. */
    private fun goRound() {
        nextRound.set(never())
        val from = rounded
        val last = waiting.lastToken
        rounded = last
        // As many steps as requests have come, or as there are places for them, whichever is less.
        if (last - from < waiting.places) {
            for (token in from + 1..last) waiting[token]?.let { queue.add(token, it.deadline) }
        } else {
            waiting.forEach { token, sink -> if (token in from + 1..last) queue.add(token, sink.deadline) }
        }
        while (true) {
            val token = passedBy.poll() ?: break
            waiting[token]?.let { queue.add(token, it.deadline) }
        }
        if (queue.size > SPARE + 2 * waiting.size) queue.retain { waiting[it] != null }
    }

    private companion object {
        /** So many answered requests the queue may hold whatever waits, 16 bytes each. */
        const val SPARE = 1024

        /** Later than any deadline. */
        fun never() = System.nanoTime() + Long.MAX_VALUE / 2
    }
}
