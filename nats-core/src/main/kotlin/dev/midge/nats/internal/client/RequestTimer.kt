package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.LoggerFactory
import java.util.concurrent.atomic.AtomicReference
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Ends requests at their deadline: one coroutine a connection instead of a timer for each request.
 *
 * It has a view of `Dispatchers.IO` of its own: nothing else of the connection keeps it from being on time. It sleeps until the earliest
 * deadline it knows of, and is woken only if there is an earlier one. Tested by `RequestTimerSpec`.
 */
internal class RequestTimer(private val scope: CoroutineScope, waiting: PendingRequests) {
    private val deadlines = RequestDeadlines(waiting)
    private val wakeUps = Channel<Unit>(Channel.CONFLATED)
    private val job = AtomicReference<Job?>(null)

    /** To be called after [sink] was added to what waits, under [token]. */
    fun watch(token: Long, sink: ReplySink) {
        if (!deadlines.watch(token, sink)) return
        wakeUps.trySend(Unit)
        if (job.get() == null) start()
    }

    private fun start() {
        val started = scope.launch(Dispatchers.IO.limitedParallelism(1), start = CoroutineStart.LAZY) { run() }
        if (job.compareAndSet(null, started)) started.start() else started.cancel()
    }

    fun stop() {
        if (!job.compareAndSet(null, Job().apply { complete() })) job.get()?.cancel()
    }

    private suspend fun run() {
        while (true) {
            val next = endDue()
            val sleep = next - System.nanoTime()
            when {
                sleep > LONGEST -> wakeUps.receive()

                // Rounded up to a millisecond: however near the deadlines are, it looks a thousand times a second at most.
                sleep > 0 -> withTimeoutOrNull(sleep.nanoseconds) { wakeUps.receive() }
            }
        }
    }

    /** Goes on if telling one goes through a dispatcher that throws: the others, and all that come, have nobody else. */
    private fun endDue(): Long {
        while (true) {
            try {
                return deadlines.endDue(System.nanoTime())
            } catch (e: Throwable) {
                log.error("a request that has timed out cannot be told so", e)
            }
        }
    }

    companion object {
        private val log = LoggerFactory.getLogger("dev.midge.nats.connection")

        /** 73 years are as good as no end, and sums of them do not overflow. */
        private const val LONGEST = Long.MAX_VALUE / 4

        /** The deadline of what begins now. */
        fun deadline(timeout: Duration): Long = System.nanoTime() + minOf(timeout.inWholeNanoseconds, LONGEST)
    }
}
