package dev.midge.nats.internal.client

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.atomic.AtomicReference
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Ends requests at their deadline: one coroutine a connection that looks through all that wait, instead of a timer for each.
 *
 * It sleeps until the earliest deadline that it has seen; a request with an earlier one wakes it. So with the usual equal timeouts a
 * request that is answered in time costs the timer nothing.
 *
 * INVARIANT: [nextLook] is at most the earliest deadline of a waiting request, or the coroutine has been woken or is about to look:
 * it sets [nextLook] to "never" before it looks, and a request is visible in [waiting] before its deadline is compared.
 */
internal class RequestTimer(private val scope: CoroutineScope, private val waiting: Collection<ReplySink>) {
    private val wakeUps = Channel<Unit>(Channel.CONFLATED)
    private val job = AtomicReference<Job?>(null)

    /** By `System.nanoTime`, whose values may overflow: compared by their difference. */
    @Volatile
    private var nextLook = 0L

    @Volatile
    private var sleepsForever = true

    /** To be called after [sink] was added to what waits. */
    fun watch(sink: ReplySink) {
        if (!sleepsForever && sink.deadline - nextLook >= 0) return
        wakeUps.trySend(Unit)
        if (job.get() == null) start()
    }

    private fun start() {
        val started = scope.launch(start = CoroutineStart.LAZY) { run() }
        if (job.compareAndSet(null, started)) started.start() else started.cancel()
    }

    fun stop() {
        job.get()?.cancel()
    }

    private suspend fun run() {
        while (true) {
            sleepsForever = true
            val start = System.nanoTime()
            val next = look(start)
            val cost = System.nanoTime() - start
            if (next == null) {
                wakeUps.receive()
                continue
            }
            // Looking through very many requests takes its time: it may take a tenth of a core, not more, whatever wakes it.
            delay(maxOf(cost * SLEEP_TO_LOOK, SHORTEST_SLEEP).nanoseconds)
            val sleep = maxOf(next - System.nanoTime(), 0)
            nextLook = System.nanoTime() + sleep
            sleepsForever = false
            withTimeoutOrNull(sleep.nanoseconds) { wakeUps.receive() }
        }
    }

    /** Ends what is due at [now] and returns the earliest deadline of the rest, or `null` if nothing waits. */
    private fun look(now: Long): Long? {
        var earliest: Long? = null
        for (sink in waiting) {
            val deadline = sink.deadline
            if (deadline - now <= 0) {
                sink.onDeadline()
            } else if (earliest == null || deadline - earliest < 0) {
                earliest = deadline
            }
        }
        return earliest
    }

    private companion object {
        const val SLEEP_TO_LOOK = 10

        /** Timeouts are not more exact than this: 0.5 ms. */
        const val SHORTEST_SLEEP = 500_000L
    }
}
