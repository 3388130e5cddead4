package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.api.GROUP
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * How messages are pulled for as long as somebody takes them. Immutable.
 *
 * No more than [maxMessages] are under way or wait to be taken. After a silence, when what was asked for is asked for again, more may come.
 */
public class PullOptions private constructor(builder: Builder) {
    /** How many messages may be asked for and not yet taken. Default 500. */
    @get:JvmName("maxMessages")
    public val maxMessages: Int = builder.maxMessages

    /** The same in bytes, as the server counts them: payload, headers, both subjects; 0 is without a limit. Default 0. */
    @get:JvmName("maxBytes")
    public val maxBytes: Int = builder.maxBytes

    /** Asks for more once no more than this are asked for and not yet taken; -1 is half of [maxMessages]. Default -1. */
    @get:JvmName("threshold")
    public val threshold: Int = builder.threshold

    /** How long the server keeps a pull. Default 30 s. */
    public val expires: Duration = builder.expires

    private val chosenHeartbeat: Duration? = builder.heartbeat

    /**
     * How often the server is to say that it is there, at most half of [expires]; after two that did not come, it is asked again. Zero
     * trusts the connection. Default 5 s, or half of [expires] if that is less.
     */
    public val heartbeat: Duration = chosenHeartbeat ?: minOf(LONGEST_HEARTBEAT, expires / 2)

    /** The priority group to pull by, or `null`. Default `null`. */
    @get:JvmName("group")
    public val group: String? = builder.group

    /** With [PriorityPolicy.OVERFLOW]: only while at least this many messages wait to be delivered; 0 is any. Default 0. */
    @get:JvmName("minPending")
    public val minPending: Long = builder.minPending

    /** With [PriorityPolicy.OVERFLOW]: only while at least this many messages wait for their acknowledgement; 0 is any. Default 0. */
    @get:JvmName("minAckPending")
    public val minAckPending: Long = builder.minAckPending

    /** With [PriorityPolicy.PRIORITIZED]: from 0, which is served first, to 9. Default 0. */
    @get:JvmName("priority")
    public val priority: Int = builder.priority

    init {
        require(maxMessages >= 1) { "maxMessages is $maxMessages; it has to be 1 or more" }
        require(maxBytes >= 0) { "maxBytes is $maxBytes; it cannot be negative" }
        require(threshold in -1 until maxMessages) { "threshold is $threshold; it has to be less than maxMessages, $maxMessages, or -1" }
        require(expires >= 1.milliseconds) { "expires is $expires; it has to be 1 ms or more" }
        require(!heartbeat.isNegative() && heartbeat <= expires / 2) {
            "heartbeat is $heartbeat; it has to be at most half of expires, $expires"
        }
        require(group == null || GROUP.matches(group)) { "'$group' is no priority group" }
        require(minPending >= 0) { "minPending is $minPending; it cannot be negative" }
        require(minAckPending >= 0) { "minAckPending is $minAckPending; it cannot be negative" }
        require(priority in 0..LOWEST) { "priority is $priority; it is 0 to $LOWEST" }
        require(group != null || (minPending == 0L && minAckPending == 0L && priority == 0)) {
            "minPending, minAckPending and priority need a group"
        }
    }

    /** The property of the same name, for Java. */
    public fun expires(): JavaDuration = expires.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun heartbeat(): JavaDuration = heartbeat.toJavaDuration()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun toString(): String = "PullOptions(maxMessages=$maxMessages, maxBytes=$maxBytes, threshold=$threshold, expires=$expires, " +
        "heartbeat=$heartbeat, group=$group, minPending=$minPending, minAckPending=$minAckPending, priority=$priority)"

    /** Collects [PullOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: PullOptions? = null) {
        /** See [PullOptions.maxMessages]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxMessages: Int = from?.maxMessages ?: DEFAULT_MESSAGES

        /** See [PullOptions.maxBytes]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxBytes: Int = from?.maxBytes ?: 0

        /** See [PullOptions.threshold]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var threshold: Int = from?.threshold ?: -1

        /** See [PullOptions.expires]. */
        public var expires: Duration = from?.expires ?: 30.seconds

        /** See [PullOptions.heartbeat]; `null` for the default. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var heartbeat: Duration? = from?.chosenHeartbeat

        /** See [PullOptions.group]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var group: String? = from?.group

        /** See [PullOptions.minPending]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var minPending: Long = from?.minPending ?: 0

        /** See [PullOptions.minAckPending]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var minAckPending: Long = from?.minAckPending ?: 0

        /** See [PullOptions.priority]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var priority: Int = from?.priority ?: 0

        /** Sets [PullOptions.maxMessages]. */
        public fun maxMessages(maxMessages: Int): Builder = apply { this.maxMessages = maxMessages }

        /** Sets [PullOptions.maxBytes]. */
        public fun maxBytes(maxBytes: Int): Builder = apply { this.maxBytes = maxBytes }

        /** Sets [PullOptions.threshold]. */
        public fun threshold(threshold: Int): Builder = apply { this.threshold = threshold }

        /** Sets [PullOptions.expires]. */
        public fun expires(expires: JavaDuration): Builder = apply { this.expires = expires.toKotlinDuration() }

        /** Sets [PullOptions.heartbeat]. */
        public fun heartbeat(heartbeat: JavaDuration): Builder = apply { this.heartbeat = heartbeat.toKotlinDuration() }

        /** Sets [PullOptions.group]. */
        public fun group(group: String?): Builder = apply { this.group = group }

        /** Sets [PullOptions.minPending]. */
        public fun minPending(minPending: Long): Builder = apply { this.minPending = minPending }

        /** Sets [PullOptions.minAckPending]. */
        public fun minAckPending(minAckPending: Long): Builder = apply { this.minAckPending = minAckPending }

        /** Sets [PullOptions.priority]. */
        public fun priority(priority: Int): Builder = apply { this.priority = priority }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid.
         */
        public fun build(): PullOptions = PullOptions(this)
    }

    /** Where options begin. */
    public companion object {
        private const val DEFAULT_MESSAGES = 500
        private const val LOWEST = 9
        private val LONGEST_HEARTBEAT = 5.seconds

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** The default options, changed by [configure]. */
@JvmSynthetic
public fun PullOptions(configure: PullOptions.Builder.() -> Unit): PullOptions = PullOptions.builder().apply(configure).build()
