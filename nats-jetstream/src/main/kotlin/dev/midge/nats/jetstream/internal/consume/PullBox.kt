package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InboxSink
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.WakeUps
import dev.midge.nats.isAtLeast
import dev.midge.nats.jetstream.JetStreamEvent
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.resume
import kotlin.time.Duration.Companion.nanoseconds

/**
 * What has come to one inbox and was not taken, and what was asked for: shared by the reader and the one coroutine that takes.
 *
 * INVARIANTS:
 * 1. [lock] guards all that is mutable. Nothing is sent, told or resumed under it.
 * 2. Lock order: the reader's lock, then [lock]. No lock of the connection is waited for under [lock].
 * 3. [waiting] is set only if [changes] is what it was before the taker found nothing to do.
 * 4. Every message that was received is in [buffer], was returned by [poll] or [close], or came after [close] and was given back.
 *
 * @param pull sends a pull, if one is due, and does not wait.
 */
@OptIn(InternalNatsApi::class)
internal class PullBox(
    private val source: PullSource,
    private val plan: PullPlan,
    private val tellsHeartbeats: Boolean,
    private val isReplaceable: Boolean,
    private val pull: (Pull?) -> Unit,
) : InboxSink {
    /** What the taker is to do when there is nothing to take. */
    enum class Next { WAIT, END, CHECK, CHECK_AND_END }

    private val lock = ReentrantLock()
    private val state = PullState(plan, System.nanoTime())
    private val buffer = ArrayDeque<Any>()
    private val notices = ArrayDeque<JetStreamEvent>()
    private val drained = CompletableDeferred<Unit>()
    private var bufferBytes = 0L
    private var retained = 0
    private var polled = 0L
    private var waiting: CancellableContinuation<Unit>? = null
    private var needsCheck = false
    private val firstEpoch = source.seam.epoch
    private var hasLinkChanged = false
    private var isClosed = false
    private var endCause: NatsException? = null

    /** The pull that was due when [poll] returned; it counts as sent, see [unsent]. The taker's alone. */
    var polledPull: Pull? = null
        private set

    /** Counts what the taker has to look at. */
    @Volatile
    var changes: Long = 0
        private set

    @Volatile
    var hasEnded: Boolean = false
        private set

    /** The connection drains: what has come is all. */
    @Volatile
    var isDraining: Boolean = false
        private set

    /**
     * The next message or [Heartbeat] that has come, or `null`; the pull that is due then is [polledPull]. What is retained counts against
     * the credit until [release].
     */
    fun poll(retains: Boolean): Any? = lock.withLock {
        val taken = if (hasAll) null else buffer.removeFirstOrNull()
        if (taken is NatsMessage) {
            polled++
            if (retains) retained++ else bufferBytes -= sizeOf(taken)
        }
        polledPull = planned()
        taken
    }

    /** More may come than a finite plan wants, when its pull had to be sent again. */
    private val hasAll: Boolean
        get() = plan.isFinite && polled >= plan.goal

    /** What [poll] has retained counts no more. Returns the pull that is due, as [due] does. */
    fun release(message: NatsMessage): Pull? {
        var isDrained = false
        val pull = lock.withLock {
            retained--
            bufferBytes -= sizeOf(message)
            isDrained = isDraining && retained == 0 && buffer.isEmpty()
            planned()
        }
        if (isDrained) drained.complete(Unit)
        return pull
    }

    /** The pull that is due, if one is. It counts as sent, see [unsent]. */
    fun due(): Pull? = lock.withLock { planned() }

    /** Asks for the time only if a pull may be due: for most messages none is. */
    private fun planned(): Pull? =
        if (state.mayBeDue(held, bufferBytes)) state.plan(System.nanoTime(), held, bufferBytes, source.seam.epoch) else null

    fun extra(messages: Int): Pull? = lock.withLock { state.planExtra(System.nanoTime(), messages, source.seam.epoch) }

    private val held: Int
        get() = buffer.size + retained

    fun unsent(pull: Pull): Unit = lock.withLock { state.unsent(pull.token) }

    fun notice(): JetStreamEvent? = lock.withLock { notices.removeFirstOrNull() }

    val isHalted: Boolean get() = lock.withLock { state.isHalted }

    /** How long there is nothing to do unless something comes, in nanoseconds; `Long.MAX_VALUE` for ever. */
    fun waitTime(): Long = lock.withLock { if (needsCheck) 0 else state.waitTime(System.nanoTime(), held, bufferBytes) }

    /** @throws NatsException why nothing more will come, if that was not in order. */
    fun next(): Next = lock.withLock {
        if (hasAll) return Next.END
        if (buffer.isNotEmpty()) return Next.WAIT
        if (isReplaceable && hasLinkChanged) throw RestartException("the link to the server has changed")
        state.fatal?.let { throw source.failure(it) }
        endCause?.let { throw it }
        if (hasEnded) return Next.END
        if (isDraining) {
            if (retained == 0) drained.complete(Unit)
            return Next.END
        }
        nextInTime(System.nanoTime())
    }

    private fun nextInTime(now: Long): Next {
        // Nothing at all was said of what was asked for.
        val isSilent = plan.isFinite && state.outstanding > 0 && state.isOver(now)
        val silence = state.silence(now)
        if (state.onTime(now)) {
            needsCheck = true
            notices += JetStreamEvent.HeartbeatMissed(source.stream, source.consumer, silence.nanoseconds)
        }
        val isChecked = isSilent || needsCheck
        needsCheck = false
        return when {
            state.isOver(now) -> if (isChecked) Next.CHECK_AND_END else Next.END
            isChecked -> Next.CHECK
            else -> Next.WAIT
        }
    }

    suspend fun awaitChange(seen: Long) = suspendCancellableCoroutine { continuation ->
        val waits = lock.withLock { (changes == seen).also { if (it) waiting = continuation } }
        if (!waits) continuation.resume(Unit)
    }

    /** Nothing is taken any more. Returns what has come and was not taken. */
    fun close(): List<NatsMessage> {
        drained.complete(Unit)
        return lock.withLock {
            state.halt()
            hasEnded = true
            isClosed = true
            buffer.filterIsInstance<NatsMessage>().also { buffer.clear() }
        }
    }

    override fun onMessage(message: NatsMessage, status: Int) {
        if (status == 0) onStored(message) else onStatus(message, PullStatus.of(message, status))
    }

    private fun onStored(message: NatsMessage) {
        val isLate = lock.withLock {
            if (!isClosed) keep(message)
            isClosed
        }
        // What can be replaced acknowledges nothing.
        if (isLate && !isReplaceable) giveBack(source, listOf(message))
    }

    private fun keep(message: NatsMessage) {
        val size = sizeOf(message)
        state.onMessage(size, System.nanoTime())
        plan.group?.let { state.pinId = message.readableHeaders[PIN] ?: state.pinId }
        buffer += message
        bufferBytes += size
        changes++
    }

    private fun onStatus(message: NatsMessage, status: PullStatus) {
        val token = message.subject.substringAfterLast('.').toLongOrNull() ?: return
        lock.withLock {
            state.onStatus(token, status, System.nanoTime())
            if (status.endsPull) changes++
            if (status.verdict == PullStatus.Verdict.UNAVAILABLE) needsCheck = true
            if (status.verdict in EARLY && notices.size < MOST_NOTICES) {
                notices += JetStreamEvent.PullEnded(source.stream, source.consumer, status.toString())
            }
            if (tellsHeartbeats && status.lastConsumerSequence != null) {
                buffer += Heartbeat(status.lastConsumerSequence)
                changes++
            }
        }
        pull(due())
    }

    override fun onLinkLost(cause: NatsException): Unit = lock.withLock {
        state.onLinkLost()
        changes++
    }

    override fun onLinkReady(epoch: Long) {
        lock.withLock {
            if (epoch > firstEpoch) hasLinkChanged = true
            if (isReplaceable && hasLinkChanged) {
                state.halt()
            } else if (!isDraining && !hasEnded) {
                state.onLinkReady(System.nanoTime(), epoch)
            }
            // Such servers say nothing if the consumer has gone meanwhile.
            if (source.seam.server?.isAtLeast(2, 10) == false) needsCheck = true
            changes++
        }
        pull(due())
    }

    override fun onEnd(cause: NatsException?): Unit = lock.withLock {
        if (!hasEnded) endCause = cause
        hasEnded = true
        state.halt()
        changes++
    }

    override fun wake(wakeUps: WakeUps) {
        wakeUps.resume(taker() ?: return, Unit)
    }

    override suspend fun finish() {
        lock.withLock {
            isDraining = true
            state.halt()
            changes++
        }
        taker()?.resume(Unit)
        drained.await()
    }

    /** The taker has something to look after that no reader will tell of. */
    fun nudge() {
        lock.withLock { changes++ }
        taker()?.resume(Unit)
    }

    private fun taker(): CancellableContinuation<Unit>? = lock.withLock { waiting.also { waiting = null } }

    private fun sizeOf(message: NatsMessage): Long = if (plan.bytes == 0L) 0 else message.wireSize()

    private companion object {
        const val PIN = "Nats-Pin-Id"
        const val MOST_NOTICES = 16
        val EARLY = setOf(
            PullStatus.Verdict.AGAIN,
            PullStatus.Verdict.LATER,
            PullStatus.Verdict.LEADER_CHANGED,
            PullStatus.Verdict.UNPINNED,
            PullStatus.Verdict.UNAVAILABLE,
        )
    }
}
