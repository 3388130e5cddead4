package dev.midge.nats.jetstream.internal.consume

/**
 * The books of what was asked for and has not come: pulls that are open, the oldest first.
 *
 * INVARIANT, guarded by PullStateSpec: [messages] is the sum of what the open pulls have left, and never below 0; so is [bytes].
 */
internal class OpenPulls {
    /** One pull, sent by the [epoch]th link. */
    class Open(
        val token: Long,
        val messages: Int,
        val bytes: Long,
        val sentAt: Long,
        val expires: Long,
        val receivedBefore: Long,
        val epoch: Long,
    ) {
        var left = messages
        var bytesLeft = bytes
        val endsAt: Long
            get() = sentAt + expires + PullPlan.GRACE
    }

    private val open = ArrayDeque<Open>()

    var messages: Int = 0
        private set
    var bytes: Long = 0
        private set

    fun add(pull: Open) {
        while (open.size >= MANY) {
            val used = open.firstOrNull { it.left == 0 } ?: break
            open.remove(used)
        }
        open += pull
        count()
    }

    fun find(token: Long): Open? = open.firstOrNull { it.token == token }

    fun remove(token: Long) {
        open.removeAll { it.token == token }
        count()
    }

    fun removeEnded(now: Long) {
        if (open.none { now - it.endsAt >= 0 }) return
        open.removeAll { now - it.endsAt >= 0 }
        count()
    }

    /** Forgets what was sent by links before the [epoch]th. */
    fun removeBefore(epoch: Long) {
        open.removeAll { it.epoch < epoch }
        count()
    }

    fun clear() {
        open.clear()
        count()
    }

    /** How long until the first of them ends, from [now] on; `Long.MAX_VALUE` if there is none. */
    fun timeLeft(now: Long): Long = open.minOfOrNull { it.endsAt - now } ?: Long.MAX_VALUE

    /** [status] ends [pull]. */
    fun close(pull: Open, status: PullStatus) {
        open.remove(pull)
        val unused = (status.unusedMessages ?: pull.left).coerceIn(0, pull.messages)
        val unusedBytes = (status.unusedBytes ?: pull.bytesLeft).coerceIn(0, pull.bytes)
        val others = pull.left - unused
        val othersBytes = pull.bytesLeft - unusedBytes
        // What was booked on others, and was of this one, they still have to get; and the other way round.
        if (others > 0) unbook(others)
        book(maxOf(-others, 0), maxOf(-othersBytes, 0))
    }

    private fun unbook(messages: Int) {
        var rest = messages
        for (pull in open) {
            val back = minOf(rest, pull.messages - pull.left)
            pull.left += back
            rest -= back
        }
    }

    /** That much has come. */
    fun book(messages: Int, bytes: Long) {
        var rest = messages
        var bytesRest = bytes
        for (pull in open) {
            if (rest == 0 && bytesRest == 0L) break
            val taken = minOf(rest, pull.left)
            pull.left -= taken
            rest -= taken
            val takenBytes = minOf(bytesRest, pull.bytesLeft)
            pull.bytesLeft -= takenBytes
            bytesRest -= takenBytes
        }
        count()
    }

    private fun count() {
        messages = open.sumOf { it.left }
        if (messages == 0) open.clear()
        bytes = open.sumOf { it.bytesLeft }
    }

    private companion object {
        /** More pulls than can be open, unless their statuses were lost. */
        const val MANY = 8
    }
}
