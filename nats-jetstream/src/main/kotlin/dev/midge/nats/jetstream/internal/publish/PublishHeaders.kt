package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.Schedule
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** The headers by which a message speaks to its stream. */
internal object PublishHeaders {
    const val MESSAGE_ID = "Nats-Msg-Id"
    const val EXPECTED_STREAM = "Nats-Expected-Stream"
    const val EXPECTED_LAST_SEQUENCE = "Nats-Expected-Last-Sequence"
    const val EXPECTED_LAST_SUBJECT_SEQUENCE = "Nats-Expected-Last-Subject-Sequence"
    const val EXPECTED_LAST_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject"
    const val EXPECTED_LAST_MESSAGE_ID = "Nats-Expected-Last-Msg-Id"
    const val TIME_TO_LIVE = "Nats-TTL"
    const val ROLLUP = "Nats-Rollup"
    const val INCREMENT = "Nats-Incr"
    const val SCHEDULE = "Nats-Schedule"
    const val SCHEDULE_TARGET = "Nats-Schedule-Target"
    const val SCHEDULE_TIME_TO_LIVE = "Nats-Schedule-TTL"
    const val SCHEDULE_SOURCE = "Nats-Schedule-Source"
    const val SCHEDULE_TIME_ZONE = "Nats-Schedule-Time-Zone"
    const val SCHEDULE_ROLLUP = "Nats-Schedule-Rollup"
    const val BATCH_ID = "Nats-Batch-Id"
    const val BATCH_SEQUENCE = "Nats-Batch-Sequence"
    const val BATCH_COMMIT = "Nats-Batch-Commit"

    private const val NEVER = "never"
    private const val ROLLUP_SUBJECT = "sub"

    /** What [options] say, behind their own headers. */
    fun of(options: PublishOptions): Headers {
        var headers = options.headers
        fun set(name: String, value: Any?) {
            if (value == null) return
            require(name !in headers) { "the headers have '$name', which an option sets too; give one of them" }
            headers = headers.with(name, value.toString())
        }
        set(MESSAGE_ID, options.messageId)
        set(EXPECTED_STREAM, options.expectStream)
        set(EXPECTED_LAST_SEQUENCE, options.expectLastSequence)
        set(EXPECTED_LAST_SUBJECT_SEQUENCE, options.expectLastSubjectSequence)
        set(EXPECTED_LAST_SUBJECT, options.expectLastSubject)
        set(EXPECTED_LAST_MESSAGE_ID, options.expectLastMessageId)
        set(TIME_TO_LIVE, options.timeToLive?.let(::timeToLive))
        set(ROLLUP, options.rollup?.wireName)
        options.schedule?.let { schedule(it, ::set) }
        return headers
    }

    private fun schedule(schedule: Schedule, set: (String, Any?) -> Unit) {
        set(SCHEDULE, schedule.pattern)
        set(SCHEDULE_TARGET, schedule.target)
        set(SCHEDULE_TIME_TO_LIVE, schedule.timeToLive?.let(::timeToLive))
        set(SCHEDULE_SOURCE, schedule.source)
        set(SCHEDULE_TIME_ZONE, schedule.timeZone?.id)
        set(SCHEDULE_ROLLUP, ROLLUP_SUBJECT.takeIf { schedule.isRolledUp })
    }

    /** Whether a stream takes [duration] as a time to live. */
    fun isTimeToLive(duration: Duration): Boolean =
        duration == Duration.INFINITE || (duration >= 1.seconds && duration == duration.inWholeSeconds.seconds)

    private fun timeToLive(duration: Duration): String = if (duration.isInfinite()) NEVER else duration.inWholeSeconds.toString()

    /** Those of a message and those of its options, which come behind. */
    fun join(own: Headers, added: Headers): Headers = when {
        added.isEmpty() -> own
        own.isEmpty() -> added
        else -> added.toMap().entries.fold(own) { all, (name, values) -> values.fold(all) { some, value -> some.with(name, value) } }
    }

    /** Whether servers know what this rollup means: those before 2.15 drop a message with another one without a word. */
    fun isRollup(value: String): Boolean = value == ROLLUP_SUBJECT || value == "all"
}
