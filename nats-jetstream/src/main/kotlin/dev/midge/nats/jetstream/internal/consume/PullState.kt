package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.internal.consume.PullStatus.Verdict

/**
 * What was asked for and has not come: the credit of one inbox. Knows no clock, no lock and no connection; `now` is in nanoseconds.
 *
 * A message does not say by which pull it came, so it is booked on the oldest one that has anything left; a status says which pull it
 * ends, and mostly how much of it was unused. What was booked wrongly is set right then: the sum counts, see [OpenPulls].
 *
 * INVARIANTS, guarded by PullStateSpec:
 * 1. A pull is forgotten with its status, when all has come, with its link, at the latest [PullPlan.GRACE] after its time, or after two
 *    heartbeats that did not come. So either something is outstanding, or a pull is due, now or when [notBefore] has come, or it has ended.
 * 2. [waitTime] is over no later than a pull is due.
 * 3. A status of a pull that is forgotten changes nothing.
 */
internal class PullState(private val plan: PullPlan, now: Long) {
    private val open = OpenPulls()
    private var pulls = 0L
    private var heartbeat = plan.heartbeat
    private var heardAt = now
    private var failures = 0

    /** Nothing was heard since pulls were lost: the next one may be lost too, where a leader is not ready, and has to be missed soon. */
    private var isDoubtful = false

    /** The next pull has to be one for all: the next message did not fit into what there was room for. */
    private var needsAll = false
    private var isDone = false

    /** No pull is due before. */
    var notBefore: Long = now
        private set

    val outstanding: Int
        get() = open.messages
    val outstandingBytes: Long
        get() = open.bytes

    /** How many messages have come. */
    var received: Long = 0
        private set
    private var receivedBytes = 0L

    /** There is no link, or it is drained: nothing is due. */
    var isHalted: Boolean = false
        private set

    /** The status after which no pull makes sense, once it has come. */
    var fatal: PullStatus? = null
        private set

    /** What the server calls this client while it is pinned. */
    var pinId: String? = null

    /**
     * The pull that is due, if one is: it counts as sent, see [unsent].
     *
     * @param held how many messages wait to be taken.
     * @param epoch the link that is in use.
     */
    fun plan(now: Long, held: Int, heldBytes: Long, epoch: Long = 0): Pull? {
        if (!isDue(now, held, heldBytes)) return null
        if (plan.isFinite) {
            val bytes = if (plan.bytes == 0L) 0 else plan.bytes - receivedBytes
            return send(now, (plan.goal - received).toInt(), bytes, plan.endsAt - now, epoch)
        }
        val bytes = if (plan.bytes == 0L) 0 else plan.bytes - outstandingBytes - heldBytes
        return send(now, plan.messages - outstanding - held, bytes, plan.expires, epoch)
    }

    private fun isDue(now: Long, held: Int, heldBytes: Long): Boolean =
        now - notBefore >= 0 && (!plan.isFinite || plan.endsAt - now > 0) && mayBeDue(held, heldBytes)

    /** Whether a pull is due as soon as it is time for it. */
    fun mayBeDue(held: Int, heldBytes: Long): Boolean = when {
        isHalted || fatal != null -> false
        plan.isFinite -> !isDone && outstanding == 0 && received < plan.goal
        outstanding + held > plan.threshold -> false
        plan.bytes == 0L -> true
        else -> outstandingBytes + heldBytes <= if (needsAll) 0 else plan.bytes / 2
    }

    /** One pull for [messages] more than there is room for, if nothing is outstanding. */
    fun planExtra(now: Long, messages: Int, epoch: Long = 0): Pull? {
        if (isHalted || fatal != null || outstanding > 0 || now - notBefore < 0) return null
        return send(now, messages, plan.bytes, plan.expires, epoch)
    }

    private fun send(now: Long, messages: Int, bytes: Long, expires: Long, epoch: Long): Pull {
        if (outstanding == 0) heardAt = now
        needsAll = false
        val wanted = if (isDoubtful) minOf(plan.heartbeat, DOUBTFUL) else plan.heartbeat
        heartbeat = if (wanted == 0L || expires < SHORTEST) 0 else minOf(wanted, expires / 2)
        open.add(OpenPulls.Open(++pulls, messages, bytes, now, expires, received, epoch))
        return Pull(pulls, messages, bytes, expires, heartbeat, plan.isImpatient, plan.group, pinId)
    }

    /** The pull with [token] was not sent after all. */
    fun unsent(token: Long): Unit = open.remove(token)

    /** A message of [size] bytes has come; the size counts only if bytes are limited. */
    fun onMessage(size: Long, now: Long) {
        received++
        receivedBytes += size
        if (plan.isFinite && plan.bytes > 0 && receivedBytes >= plan.bytes) isDone = true
        heardAt = now
        isDoubtful = false
        failures = 0
        open.book(1, size)
    }

    /** The server has said [status] of the pull with [token]. */
    fun onStatus(token: Long, status: PullStatus, now: Long) {
        heardAt = now
        isDoubtful = status.verdict != Verdict.ALIVE && isDoubtful
        if (status.verdict == Verdict.ALIVE) return
        if (status.verdict == Verdict.DELETED || status.verdict == Verdict.NOT_PULLED) fatal = status
        val pull = open.find(token) ?: return
        if (status.verdict == Verdict.LEADER_CHANGED) lose() else open.close(pull, status)
        when (status.verdict) {
            Verdict.EMPTY, Verdict.EXPIRED, Verdict.COMPLETED -> onUsed(pull, status, now)
            Verdict.TOO_BIG -> onTooBig(pull, status)
            Verdict.REFUSED -> fatal = status
            Verdict.AGAIN, Verdict.LEADER_CHANGED -> retry(now, isAtOnce = true)
            Verdict.UNPINNED -> retry(now, isAtOnce = true).also { pinId = null }
            else -> retry(now, isAtOnce = false)
        }
    }

    private fun onUsed(pull: OpenPulls.Open, status: PullStatus, now: Long) {
        if (plan.isFinite) isDone = true
        // One that ends long before its time without bringing anything would be asked for again and again.
        val isEarly = now - pull.sentAt < pull.expires / 2 && received == pull.receivedBefore
        if (isEarly && status.verdict != Verdict.COMPLETED) retry(now, isAtOnce = false) else failures = 0
    }

    private fun onTooBig(pull: OpenPulls.Open, status: PullStatus) {
        val isAll = pull.bytes >= plan.bytes && received == pull.receivedBefore
        if (plan.isFinite) isDone = true
        if (isAll && outstanding == 0 && (!plan.isFinite || received == 0L)) fatal = status
        needsAll = true
    }

    /** Time has passed. Whether two heartbeats did not come: what was asked for is forgotten then. */
    fun onTime(now: Long): Boolean {
        open.removeEnded(now)
        val isMissed = isWatched && now - heardAt >= 2 * heartbeat
        if (isMissed) {
            lose()
            retry(now, isAtOnce = true)
        }
        return isMissed
    }

    private val isWatched: Boolean
        get() = heartbeat > 0 && outstanding > 0 && !isHalted

    /** How long there has been nothing from the server. */
    fun silence(now: Long): Long = now - heardAt

    /** When [onTime] or [plan] have to be called again, if nothing else happens; `Long.MAX_VALUE` for never. In nanoseconds from [now]. */
    fun waitTime(now: Long, held: Int, heldBytes: Long): Long {
        if (isDue(now, held, heldBytes)) return 0
        var wait = open.timeLeft(now)
        if (isWatched) wait = minOf(wait, heardAt + 2 * heartbeat - now)
        if (!isHalted && now - notBefore < 0) wait = minOf(wait, notBefore - now)
        if (plan.isFinite) wait = minOf(wait, plan.endsAt + (if (outstanding > 0) PullPlan.GRACE else 0) - now)
        return maxOf(wait, 0)
    }

    /** Whether a finite plan is fulfilled as far as it will be. */
    fun isOver(now: Long): Boolean {
        if (!plan.isFinite) return false
        val isLate = now - plan.endsAt >= if (outstanding > 0) PullPlan.GRACE else 0
        return received >= plan.goal || isLate || (isDone && outstanding == 0)
    }

    /** There is no link: what was asked for is forgotten, here and there. */
    fun onLinkLost() {
        isHalted = true
        pinId = null
        lose()
    }

    /** There is a link, perhaps another one: what was asked for by links before the [epoch]th is forgotten. */
    fun onLinkReady(now: Long, epoch: Long) {
        isHalted = false
        pinId = null
        open.removeBefore(epoch)
        isDoubtful = true
        failures = 0
        notBefore = now
    }

    /** Nothing more is to be asked for. */
    fun halt() {
        isHalted = true
    }

    private fun retry(now: Long, isAtOnce: Boolean) {
        failures++
        val steps = if (isAtOnce) failures - 1 else failures
        notBefore = if (steps == 0) now else now + (FIRST_PAUSE shl minOf(steps - 1, PAUSE_STEPS))
    }

    /** All that was asked for is forgotten, here and there. */
    private fun lose() {
        open.clear()
        isDoubtful = true
    }

    private companion object {
        /** 100 ms, doubled up to 3.2 s. */
        const val FIRST_PAUSE = 100_000_000L
        const val PAUSE_STEPS = 5

        /** 1 s: what the server is asked for instead of the heartbeat that is wanted, while it is not known to listen. */
        const val DOUBTFUL = 1_000_000_000L

        /** Below it a pull is over before a heartbeat could be missed. */
        const val SHORTEST = 2_000_000L
    }
}
