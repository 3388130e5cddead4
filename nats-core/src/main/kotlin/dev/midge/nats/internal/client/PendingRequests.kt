package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

/**
 * The requests of a connection that wait for replies, each under the token that its reply subject ends with.
 *
 * INVARIANT: a request ends once, by the thread that has taken it out.
 *
 * INVARIANT: whoever empties the map after a drain has begun to wait sees [idle], and a drain that sees the map empty does not wait: each
 * first writes what the other reads. Tested by `PendingRequestsLincheckSpec`.
 */
internal class PendingRequests {
    private val byToken = ConcurrentHashMap<Long, ReplySink>()
    private val tokens = AtomicLong()

    /** Completed when nothing waits any more; set by a drain. */
    @Volatile
    private var idle: CompletableDeferred<Unit>? = null

    val size: Int
        get() = byToken.size

    /** Given last; its request may not be among those that wait yet. */
    val lastToken: Long
        get() = tokens.get()

    /** Adds [sink] and returns its token, which was never used on this connection. */
    fun add(sink: ReplySink): Long {
        val token = tokens.incrementAndGet()
        byToken[token] = sink
        return token
    }

    operator fun get(token: Long): ReplySink? = byToken[token]

    /** Ends the wait of the request with [token]: whoever gets its sink tells it why. `null` if it has ended before. */
    fun remove(token: Long): ReplySink? {
        val sink = byToken.remove(token)
        val waiting = idle
        if (waiting != null && byToken.isEmpty()) waiting.complete(Unit)
        return sink
    }

    fun forEach(action: (Long, ReplySink) -> Unit) {
        for ((token, sink) in byToken) action(token, sink)
    }

    /** Suspends until nothing waits. */
    suspend fun awaitNone() {
        val waiting = CompletableDeferred<Unit>()
        idle = waiting
        if (byToken.isNotEmpty()) waiting.await()
    }
}
