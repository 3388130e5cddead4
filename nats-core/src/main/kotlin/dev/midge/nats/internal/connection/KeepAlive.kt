package dev.midge.nats.internal.connection

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.delay
import kotlin.time.Duration

/**
 * Finds links that are dead without having been closed: a PING goes out each [interval], whatever else is sent, and when [maxOutstanding]
 * of them wait for their PONG the link is given up. A dead link is found within `(maxOutstanding + 1) * interval`.
 */
internal class KeepAlive(private val interval: Duration, private val maxOutstanding: Int) {
    @Volatile
    private var outstanding = 0

    /** Returns when the link is dead. [ping] sends a PING; `null` if the link is about to be left. */
    suspend fun awaitDeath(readerIsHeld: () -> Boolean, ping: () -> CompletableDeferred<Unit>?) {
        while (true) {
            delay(interval)
            // A subscriber with Overflow.Suspend that holds the reader keeps the PONGs from being read.
            if (readerIsHeld()) continue
            if (outstanding >= maxOutstanding) return
            val pong = ping() ?: continue
            outstanding++
            pong.invokeOnCompletion { if (it == null) outstanding = 0 }
        }
    }
}
