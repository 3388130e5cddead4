package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InboxSubscription
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.PullRefusedException
import dev.midge.nats.offReader
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Pulls, and hands what comes to the one coroutine that takes it.
 *
 * There is no other coroutine and no timer: statuses are answered where they are read, everything else is done by who waits in [take].
 * While nobody takes, no more than the plan's credit comes.
 *
 * @param tellsHeartbeats whether [take] returns [Heartbeat]s too, in order with the messages.
 * @param isReplaceable whether [take] throws [RestartException] instead of asking for the consumer, or pulling from it by the next link.
 */
@OptIn(InternalNatsApi::class)
internal class PullLoop(
    private val source: PullSource,
    private val plan: PullPlan,
    tellsHeartbeats: Boolean = false,
    private val isReplaceable: Boolean = false,
) {
    private val seam = source.seam
    private val inbox = seam.newInbox()
    private val box = PullBox(source, plan, tellsHeartbeats, isReplaceable) { send(it) }

    /** A pull was due that the connection did not take. */
    @Volatile
    private var hasNoRoom = false

    @Volatile
    private var subscription: InboxSubscription? = null

    /** Whether it ends because the connection drains. */
    val isDraining: Boolean
        get() = box.isDraining

    suspend fun start() {
        val made = seam.subscribe(Subject("$inbox.*"), box)
        subscription = made
        // Stopped meanwhile, with nothing to unsubscribe.
        if (box.hasEnded) made.unsubscribe() else send(box.due())
    }

    /** Ends it. Returns what has come and was not taken. */
    fun stop(): List<NatsMessage> {
        subscription?.unsubscribe()
        return box.close()
    }

    /**
     * The next message, or [Heartbeat]; `null` if a finite plan is fulfilled or the connection was closed in order.
     *
     * @param retains whether it counts against the credit until [release].
     * @throws ConsumerEndedException if the consumer delivers no more.
     * @throws PullRefusedException if it refuses what the plan asks for.
     */
    suspend fun take(retains: Boolean = false): Any? {
        while (true) {
            val seen = box.changes
            val taken = box.poll(retains)
            send(box.polledPull)
            if (taken != null) return taken
            // What was due is not sent yet: it is due again.
            if (hasNoRoom) {
                waitForRoom()
                continue
            }
            val next = box.next()
            tellNotices()
            if (next == PullBox.Next.CHECK || next == PullBox.Next.CHECK_AND_END) check()
            if (next == PullBox.Next.END || next == PullBox.Next.CHECK_AND_END) return null
            if (next == PullBox.Next.WAIT) wait(seen)
        }
    }

    /** [message], which [take] has retained, counts no more. */
    fun release(message: NatsMessage) {
        if (!send(box.release(message))) box.nudge()
    }

    /** Asks for [messages] beyond the credit, if nothing is asked for. */
    fun pullExtra(messages: Int) {
        if (!send(box.extra(messages))) box.nudge()
    }

    private suspend fun check() {
        if (isReplaceable) throw RestartException("it was silent, or nobody took its pulls")
        val why = source.whyGone() ?: return
        if (plan.isFinite) throw why
        throw ConsumerEndedException(source.stream, source.consumer, why.description, why)
    }

    private suspend fun wait(seen: Long) {
        val wait = box.waitTime()
        val time = if (hasNoRoom) minOf(wait, ROOM_PAUSE) else wait
        if (time == 0L) return
        offReader {
            if (time == Long.MAX_VALUE) box.awaitChange(seen) else withTimeoutOrNull(time.nanoseconds) { box.awaitChange(seen) }
        }
    }

    /** Sends [pull], if there is one. Returns whether the taker need not look after it. */
    private fun send(pull: Pull?): Boolean {
        if (pull == null) return true
        try {
            if (source.outlet.trySend(source.next, pull.body(), Subject("$inbox.${pull.token}"))) return true
            hasNoRoom = true
        } catch (e: NatsException) {
            // What the server takes has changed.
            box.onEnd(e)
        }
        box.unsent(pull)
        return false
    }

    /** There was no room for a pull, or no link: what waits to be sent goes first. */
    private suspend fun waitForRoom() {
        hasNoRoom = false
        if (box.isHalted || box.hasEnded) return
        try {
            source.outlet.awaitRoom()
        } catch (_: NatsException) {
            // The sink is told of the next link, or of the end, if there is one.
            delay(ROOM_PAUSE.nanoseconds)
        }
    }

    private fun tellNotices() {
        while (true) source.events.tell(box.notice() ?: return)
    }

    private companion object {
        /** There is nothing that tells of room; 20 ms. */
        const val ROOM_PAUSE = 20_000_000L
    }
}
