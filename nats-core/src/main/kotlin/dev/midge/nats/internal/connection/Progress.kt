package dev.midge.nats.internal.connection

import kotlinx.coroutines.Job
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/**
 * Waits for [done] as long as [progress] changes within each [limit]: how long work takes grows with it, and only a link on which nothing
 * goes on is dead. A standstill is seen a quarter of the limit late at most, and one from the beginning in time.
 *
 * @param first when the first limit is over.
 * @return whether it is done.
 */
internal suspend fun awaitWhileProgressing(
    done: Job,
    limit: Duration,
    first: TimeMark = TimeSource.Monotonic.markNow() + limit,
    progress: () -> Long,
): Boolean {
    val step = (limit / LOOKS).coerceAtLeast(SHORTEST_STEP)
    var deadline = first
    var before = progress()
    while (true) {
        val left = -deadline.elapsedNow()
        if (!left.isPositive()) return done.isCompleted
        if (withTimeoutOrNull(minOf(step, left)) { done.join() } != null) return true
        val now = progress()
        if (now != before) deadline = TimeSource.Monotonic.markNow() + limit
        before = now
    }
}

private const val LOOKS = 4
private val SHORTEST_STEP = 1.milliseconds
