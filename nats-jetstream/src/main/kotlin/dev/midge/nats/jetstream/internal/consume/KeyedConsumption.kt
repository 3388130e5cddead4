package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.JetStreamMessage
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

/**
 * Hands the messages of a consumer to handlers, some at a time, of each key one.
 *
 * One coroutine takes messages and puts them into [lines]; [parallelism] workers take lines that can go on from [ready]; one clock tells
 * the consumer of progress and waits no more for what does not come. What is here counts against the credit of [loop] until its handler
 * has ended, so that no more than the credit is here; what was given back is asked for beyond it, because a line may wait for it with the
 * whole credit.
 *
 * INVARIANTS: [lock] guards [lines], [abandoned] and what is decided by them, and nothing else is called under it. A line is in [ready],
 * or with a worker, as long as it is scheduled. Every message that was taken is in [lines], with a worker, in [abandoned], or was
 * acknowledged in some way, as far as the connection lets it.
 */
@OptIn(InternalNatsApi::class)
internal class KeyedConsumption(
    private val source: PullSource,
    config: ConsumerConfig,
    private val parallelism: Int,
    private val keyOf: (JetStreamMessage) -> Any,
    private val options: ConsumeOptions,
    handler: suspend (JetStreamMessage) -> Unit,
) {
    private val loop = PullLoop(source, PullPlan.endless(options.pull))
    private val patience: Duration = (config.backoff.minOrNull() ?: config.ackWait).let { if (it.isPositive()) it else DEFAULT_PATIENCE }
    private val handling = Handling(source, config, options, handler)
    private val scope =
        CoroutineScope(Dispatchers.Default + CoroutineName("consume") + options.context + SupervisorJob(options.context[Job]))
    private val lock = ReentrantLock()
    private val lines = KeyedLines()
    private val ready = Channel<KeyedLines.Line>(Channel.UNLIMITED)
    private val idle = CompletableDeferred<Unit>()
    private val ended = CompletableDeferred<Unit>()
    private val doneCount = AtomicLong()
    private var isStopping = false

    /** What is with nobody any more: its handler was cancelled, with all others, or nothing more is handled. */
    private var abandoned = emptyList<JetStreamMessage>()

    @Volatile
    private var takesNone = false

    /** Wakes the clock when there is something for it to do. */
    private val work = Channel<Unit>(Channel.CONFLATED)

    @Volatile
    private var keepsWaiting = false

    /** The connection drains: it waits until all that was taken is handled. */
    @Volatile
    private var isDraining = false

    @Volatile
    private var failure: Throwable? = null
    private lateinit var intake: Job

    val isActive: Boolean
        get() = intake.isActive
    val handled: Long
        get() = doneCount.get()
    val failed: Long
        get() = handling.failed.get()
    val givenUp: Long
        get() = handling.givenUp.get()

    fun start() {
        intake = scope.launch { takeAll() }
        scope.launch { run() }.invokeOnCompletion { cause ->
            giveBackAll()
            failure?.let(ended::completeExceptionally) ?: cause?.let(ended::completeExceptionally) ?: ended.complete(Unit)
            scope.cancel()
        }
    }

    suspend fun stop(keepsWaiting: Boolean) {
        if (keepsWaiting) this.keepsWaiting = true
        close()
        ended.join()
    }

    fun close() {
        intake.cancel()
        if (!keepsWaiting) refuseRest()
    }

    /** What waits for a handler gets none. */
    private fun refuseRest() {
        lock.withLock { takesNone = true }
        giveBackAll()
    }

    suspend fun awaitEnd(): Unit = ended.await()

    private suspend fun run() = coroutineScope {
        val workers = List(parallelism) { launch { for (line in ready) handle(line) } }
        val clock = launch { tick() }
        intake.join()
        if (!isDraining) giveBack(source, loop.stop())
        if (!keepsWaiting) close()
        lock.withLock {
            isStopping = true
            if (lines.scheduled == 0) idle.complete(Unit)
        }
        idle.await()
        giveBackAll()
        ready.close()
        workers.joinAll()
        clock.cancelAndJoin()
    }

    /** Until somebody stops it, the consumer ends, or the connection does; one that drains has everything handled first. */
    private suspend fun takeAll() {
        try {
            loop.start()
            while (true) {
                // Taking does not suspend while there is something to take.
                currentCoroutineContext().ensureActive()
                val message = loop.take(retains = true) as NatsMessage? ?: break
                offer(source.delivered(message))
            }
            // After a close nothing could be acknowledged. Before this ends: who sees that it has may let a handler go on.
            if (takesNone || !loop.isDraining) return refuseRest()
            isDraining = true
            keepsWaiting = true
        } catch (e: CancellationException) {
            throw e
        } catch (e: Throwable) {
            failure = e
            refuseRest()
        }
    }

    private suspend fun offer(message: JetStreamMessage) {
        try {
            val key = keyFor(message) ?: return loop.release(message.raw)
            put(key, Entry(message, message.metadata.streamSequence, System.nanoTime()))
        } catch (e: Throwable) {
            abandon(message)
            throw e
        }
    }

    /** `null` if there is none: its message has failed. */
    private suspend fun keyFor(message: JetStreamMessage): Any? = try {
        // Java's may return null, and any key may fail when it is looked for.
        checkNotNull(keyOf(message)) { "keyOf has returned null" }.also { it.hashCode() }
    } catch (e: Throwable) {
        handling.onFailure(message, e) {}
        null
    }

    private fun put(key: Any, entry: Entry) {
        var isDouble = false
        var line: KeyedLines.Line? = null
        lock.withLock {
            isDouble = lines.holds(key, entry.sequence)
            when {
                isDouble -> Unit
                takesNone -> abandoned = abandoned + entry.message
                else -> line = lines.offer(key, entry)
            }
        }
        if (isDouble) loop.release(entry.message.raw)
        line?.let(ready::trySend)
        work.trySend(Unit)
    }

    private fun abandon(message: JetStreamMessage): Unit = lock.withLock { abandoned = abandoned + message }

    private suspend fun handle(line: KeyedLines.Line) {
        val entry = lock.withLock { lines.next(line) }
        try {
            if (entry != null && handling.handle(entry.message) { delay -> await(line, delay) }) doneCount.incrementAndGet()
        } catch (e: CancellationException) {
            entry?.let { abandon(it.message) }
            throw e
        } finally {
            val goesOn = lock.withLock {
                lines.finish(line).also { if (!it && isStopping && lines.scheduled == 0) idle.complete(Unit) }
            }
            if (goesOn) ready.trySend(line)
            entry?.let { loop.release(it.message.raw) }
        }
    }

    private fun await(line: KeyedLines.Line, delay: Duration) {
        val at = System.nanoTime() + delay.boundedNanoseconds + REDELIVERY.inWholeNanoseconds
        lock.withLock { lines.await(line, at, at + maxOf(patience, SHORTEST_WAIT).boundedNanoseconds) }
        work.trySend(Unit)
    }

    private suspend fun tick() {
        val half = (patience / 2).boundedNanoseconds
        val pause = (patience / PARTS).coerceIn(1.milliseconds, LONGEST_PAUSE)
        for (signal in work) {
            while (lock.withLock { !lines.isEmpty }) {
                delay(pause)
                val now = System.nanoTime()
                lock.withLock { lines.expire(now) }.forEach(ready::trySend)
                lock.withLock { lines.overdue(now) }.let { if (it > 0) loop.pullExtra(it) }
                tellProgress(lock.withLock { lines.touch(now, half) })
            }
        }
    }

    /** What has no handler, or none that ends. First nothing more is taken: it would come back by the pulls that are open. */
    private fun giveBackAll() {
        giveBack(source, loop.stop())
        giveBack(lock.withLock { lines.clearWaiting().map { it.message } + abandoned.also { abandoned = emptyList() } })
    }

    override fun toString(): String = "${source.consumer}, $handled handled, $failed failed"

    private companion object {
        val DEFAULT_PATIENCE = 30.seconds

        /** How much later than it was told a server delivers again. */
        val REDELIVERY = 50.milliseconds
        val SHORTEST_WAIT = 5.seconds

        /** How often the clock looks while the consumer waits for an acknowledgement. */
        const val PARTS = 8
        val LONGEST_PAUSE = 250.milliseconds
    }
}
