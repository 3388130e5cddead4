package dev.midge.nats.internal.connection

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.delay
import kotlin.time.Duration

/**
 * Finds links that are dead without having been closed: a PING goes out each [interval], whatever else is sent, and when [maxOutstanding]
 * of them wait for their PONG the link is given up. A dead link is found within `(maxOutstanding + 1) * interval`.
 */
internal class KeepAlive(private val interval: Duration, private val maxOutstanding: Int) {
    /** PINGs whose PONG has not come: looked at by one coroutine, instead of counted by two. */
    private val outstanding = ArrayDeque<CompletableDeferred<Unit>>()

    /**
     * Returns when the link is dead.
     *
     * @param readerWasHeld whether a subscriber has kept the reader from reading PONGs since the last look.
     * @param ping sends a PING; `null` if the link is about to be left.
     */
    suspend fun awaitDeath(readerWasHeld: () -> Boolean, ping: () -> CompletableDeferred<Unit>?) {
        while (true) {
            delay(interval)
            // Any PONG shows that the link was alive.
            if (readerWasHeld() || outstanding.any { it.isCompleted }) outstanding.clear()
            if (outstanding.size >= maxOutstanding) return
            ping()?.let(outstanding::addLast)
        }
    }
}
