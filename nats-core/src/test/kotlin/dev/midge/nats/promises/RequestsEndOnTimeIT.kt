package dev.midge.nats.promises

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource.Monotonic.markNow

/** So late may a timeout be, on top of what this machine does to coroutines that only sleep: one of two, and nearly all. */
private val LATE = 10.milliseconds
private val HARDLY_EVER = 100.milliseconds

/** What else runs on the machine comes and goes: the best of so many rounds is what the client, and the control, can do. */
private const val ROUNDS = 3

/** How much later than asked for waits have ended. */
private class Lateness(val median: Duration, val most: Duration) {
    constructor(sorted: List<Duration>) : this(sorted[sorted.size / 2], sorted[sorted.size * 99 / 100])

    override fun toString(): String = "$median, 99 % within $most"
}

/** Begins [count] waits, as many at once as there are threads, each for the time that is left of what [time] says: a little at least. */
private suspend fun late(count: Int, time: (Int) -> Duration, wait: suspend (Duration) -> Unit): Lateness {
    val late = ConcurrentLinkedQueue<Duration>()
    val start = markNow()
    coroutineScope {
        repeat(count) { i ->
            launch {
                val due = start + time(i)
                wait((-due.elapsedNow()).coerceAtLeast(1.milliseconds))
                late += due.elapsedNow()
            }
        }
    }
    return Lateness(late.sorted())
}

private suspend fun best(count: Int, time: (Int) -> Duration, wait: suspend (Duration) -> Unit): Lateness =
    List(ROUNDS) { late(count, time, wait) }.let { rounds -> Lateness(rounds.minOf { it.median }, rounds.minOf { it.most }) }

private suspend fun NatsConnection.timeOut(timeout: Duration) {
    try {
        request("hole", timeout = timeout)
        error("nobody answers")
    } catch (_: RequestTimeoutException) {
        // On time or not: the caller knows.
    }
}

/** The control: it sleeps and fails in the same way. */
private suspend fun sleep(time: Duration) {
    try {
        delay(time)
        throw RequestTimeoutException("hole", time)
    } catch (_: RequestTimeoutException) {
        // As above.
    }
}

/** The control of threads. */
private suspend fun sleepOnThread(time: Duration): Unit = onThread { Thread.sleep(time.inWholeMilliseconds) }

private suspend fun onThread(block: () -> Unit) {
    suspendCoroutine { waiting ->
        thread {
            block()
            waiting.resume(Unit)
        }
    }
}

private suspend fun onTime(
    what: String,
    count: Int,
    time: (Int) -> Duration,
    sleep: suspend (Duration) -> Unit = ::sleep,
    wait: suspend (Duration) -> Unit,
) {
    val control = best(count, time, sleep)
    val late = best(count, time, wait)
    figure("RequestsEndOnTime: $count $what are late by $late; the same that sleep by $control")
    late.median shouldBeLessThanOrEqualTo control.median * 2 + LATE
    late.most shouldBeLessThanOrEqualTo control.most * 2 + HARDLY_EVER
}

private suspend fun PromiseScope.unanswered(): NatsConnection {
    val nats = connection(server().url)
    nats.subscribeInline("hole") { }
    nats.flush()
    return nats
}

class RequestsEndOnTimeIT :
    FunSpec({
        promise("20,000 timeouts that are due at once end on time") {
            val nats = unanswered()
            onTime("requests due at once", 20_000, { 1.seconds }) { nats.timeOut(it) }
            nats.stats().pendingRequests shouldBe 0
        }

        promise("timeouts of all lengths end on time, whatever else waits") {
            val nats = unanswered()
            val others = List(5_000) { launch { nats.timeOut(1.seconds * (10 + it % 50)) } }
            onTime("requests of 200 to 700 ms beside 5,000 long ones", 5_000, { (200 + it % 491).milliseconds }) { nats.timeOut(it) }
            others.forEach { it.cancel() }
            others.joinAll()
            nats.stats().pendingRequests shouldBe 0
        }

        promise("a Flow of replies ends on time") {
            val nats = unanswered()
            onTime("Flows of replies", 1_000, { 300.milliseconds }) {
                nats.requestMany("hole", limits = RequestManyLimits { total = it }).collect { }
            }
        }

        promise("threads that wait end on time beside 200 coroutines and 5,000 more of another length") {
            val nats = unanswered()
            val hole = Subject("hole")
            val others = List(5_000) { launch { nats.timeOut(1.seconds * (10 + it % 50)) } }
            val coroutines = launch { repeat(200) { launch { nats.timeOut(500.milliseconds) } } }
            onTime("threads", 10, { 600.milliseconds }, ::sleepOnThread) { time ->
                onThread { runCatching { nats.requestOnThread(hole, ByteArray(0), Headers.Empty, time) } }
            }
            coroutines.join()
            others.forEach { it.cancel() }
        }
    })
