package dev.midge.nats.jetstream

import dev.midge.nats.Subject
import java.time.Instant
import java.time.ZoneId
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * When a stream produces a message: the one that has it is stored as the schedule, and its subject names it; another one of that subject
 * takes its place. Immutable.
 *
 * A stream that allows schedules is needed, of nats-server 2.12 for [at], of 2.14 for the others, for [source] and for [timeZone].
 */
public class Schedule private constructor(
    /** The times, as the server reads them: `@at 2026-11-27T10:00:00Z`, `@every 5m0s`, `0 30 8 * * *`. */
    @get:JvmName("pattern") public val pattern: String,
    /** Where what is produced goes: another subject of the same stream. */
    @get:JvmName("target") public val target: Subject,
    /** How long the stream keeps what is produced, in whole seconds; see [PublishOptions.timeToLive]. Default `null`. */
    @get:JvmSynthetic public val timeToLive: Duration? = null,
    /** The subject whose last message is what is produced; `null` takes the schedule's own. Default `null`. */
    @get:JvmName("source") public val source: Subject? = null,
    /** Where the times of [cron] are read; `null` is UTC. Default `null`. */
    @get:JvmName("timeZone") public val timeZone: ZoneId? = null,
    /** Whether what is produced replaces the earlier messages of its subject. Default `false`. */
    public val isRolledUp: Boolean = false,
) {
    init {
        require(!target.isWildcard) { "a schedule's target is one subject, '$target' holds a wildcard" }
        require(source == null || !source.isWildcard) { "a schedule's source is one subject, '$source' holds a wildcard" }
        require(timeZone == null || (!pattern.startsWith(AT) && !pattern.startsWith(EVERY))) {
            "a time zone is for times by cron, not for '$pattern'"
        }
    }

    /** The property of the same name, for Java. */
    public fun timeToLive(): JavaDuration? = timeToLive?.toJavaDuration()

    /** The same with [timeToLive]. */
    @JvmSynthetic
    public fun withTimeToLive(timeToLive: Duration): Schedule = Schedule(pattern, target, timeToLive, source, timeZone, isRolledUp)

    /** The same with [timeToLive]. */
    public fun withTimeToLive(timeToLive: JavaDuration): Schedule = withTimeToLive(timeToLive.toKotlinDuration())

    /** The same with [source]. */
    public fun withSource(source: Subject): Schedule = Schedule(pattern, target, timeToLive, source, timeZone, isRolledUp)

    /**
     * The same with [timeZone].
     *
     * @throws IllegalArgumentException if its times are not by [cron].
     */
    public fun withTimeZone(timeZone: ZoneId): Schedule = Schedule(pattern, target, timeToLive, source, timeZone, isRolledUp)

    /** The same, where what is produced replaces the earlier messages of its subject. */
    public fun rolledUp(): Schedule = Schedule(pattern, target, timeToLive, source, timeZone, isRolledUp = true)

    override fun toString(): String = "Schedule($pattern, target=$target)"

    /** The kinds of schedules. */
    public companion object {
        private const val AT = "@at "
        private const val EVERY = "@every "

        /** Once, at [time], by which the schedule ends; at once if that has passed. */
        @JvmStatic
        public fun at(time: Instant, target: Subject): Schedule = Schedule(AT + time, target)

        /**
         * Again and again, with [interval] between them.
         *
         * @throws IllegalArgumentException if [interval] is less than a second. What is below a millisecond is cut off.
         */
        @JvmSynthetic
        public fun every(interval: Duration, target: Subject): Schedule {
            require(interval.isFinite() && interval >= 1.seconds) { "interval is $interval; it has to be 1 s or more" }
            return Schedule("$EVERY${interval.inWholeMilliseconds}ms", target)
        }

        /** As the one with Kotlin's Duration. */
        @JvmStatic
        public fun every(interval: JavaDuration, target: Subject): Schedule = every(interval.toKotlinDuration(), target)

        /**
         * At the times of [expression]: six fields, seconds first, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
         *
         * @throws IllegalArgumentException if it is neither.
         */
        @JvmStatic
        public fun cron(expression: String, target: Subject): Schedule {
            val isNamed = expression in NAMED
            require(isNamed || expression.trim().split(Regex(" +")).size == CRON_FIELDS) {
                "'$expression' is no cron expression of $CRON_FIELDS fields, and none of $NAMED"
            }
            return Schedule(expression, target)
        }

        private const val CRON_FIELDS = 6
        private val NAMED = listOf("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
    }
}
