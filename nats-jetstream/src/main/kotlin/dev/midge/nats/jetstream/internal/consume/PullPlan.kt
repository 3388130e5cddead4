package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.PullOptions
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What is to be pulled: without an end, or until [goal] messages have come or it is [endsAt]. Times are nanoseconds. */
internal class PullPlan(
    /** How many messages may be asked for and not yet taken. */
    val messages: Int,
    /** The same in bytes; 0 is without a limit. */
    val bytes: Long,
    /** Asks for more when no more than this are. */
    val threshold: Int,
    val expires: Long,
    val heartbeat: Long,
    val goal: Long = Long.MAX_VALUE,
    val endsAt: Long = 0,
    /** Whether the server is to send what is there, and wait for nothing. */
    val isImpatient: Boolean = false,
    val group: PullOptions? = null,
) {
    val isFinite: Boolean
        get() = goal != Long.MAX_VALUE

    companion object {
        /** How much later than the server a client ends a pull by itself. */
        val GRACE: Long = 1.seconds.inWholeNanoseconds

        /** From this time on a finite pull asks for heartbeats, this often. */
        private val LONG = 10.seconds
        private val HEARTBEAT = 5.seconds

        fun endless(options: PullOptions): PullPlan = PullPlan(
            options.maxMessages,
            options.maxBytes.toLong(),
            if (options.threshold < 0) options.maxMessages / 2 else options.threshold,
            options.expires.boundedNanoseconds,
            options.heartbeat.boundedNanoseconds,
            group = options.takeIf { it.group != null },
        )

        fun finite(max: Int, within: Duration, maxBytes: Int, isImpatient: Boolean, now: Long, group: PullOptions? = null): PullPlan =
            PullPlan(
                max,
                maxBytes.toLong(),
                max - 1,
                within.boundedNanoseconds,
                if (within >= LONG && !isImpatient) HEARTBEAT.inWholeNanoseconds else 0,
                max.toLong(),
                now + within.boundedNanoseconds,
                isImpatient,
                group,
            )
    }
}

/** One pull, to be sent: its status comes to the inbox with [token]. */
internal class Pull(
    val token: Long,
    val messages: Int,
    val bytes: Long,
    val expires: Long,
    val heartbeat: Long,
    private val isImpatient: Boolean,
    private val group: PullOptions?,
    private val pinId: String?,
) {
    /** Fields that are not set are left out. */
    fun body(): ByteArray = buildString {
        append("{\"batch\":").append(messages)
        if (bytes > 0) append(",\"max_bytes\":").append(bytes)
        // With both, a server would wait for the first message.
        if (isImpatient) append(",\"no_wait\":true") else append(",\"expires\":").append(expires)
        if (heartbeat > 0) append(",\"idle_heartbeat\":").append(heartbeat)
        if (group != null) appendGroup(group)
        append('}')
    }.encodeToByteArray()

    private fun StringBuilder.appendGroup(options: PullOptions) {
        append(",\"group\":\"").append(options.group).append('"')
        if (options.minPending > 0) append(",\"min_pending\":").append(options.minPending)
        if (options.minAckPending > 0) append(",\"min_ack_pending\":").append(options.minAckPending)
        if (options.priority > 0) append(",\"priority\":").append(options.priority)
        if (pinId != null) append(",\"id\":\"").append(pinId).append('"')
    }
}
