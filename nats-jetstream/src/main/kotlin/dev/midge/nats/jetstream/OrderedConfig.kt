package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Subject
import java.time.Instant
import kotlin.time.Duration.Companion.seconds

/** What [NatsStream.ordered] delivers. Immutable. */
public class OrderedConfig private constructor(builder: Builder) {
    /** Where it begins. Default [DeliverPolicy.ALL]. */
    @get:JvmName("deliverPolicy")
    public val deliverPolicy: DeliverPolicy = builder.deliverPolicy

    /** The sequence it begins with, for [DeliverPolicy.BY_START_SEQUENCE]. */
    @get:JvmName("startSequence")
    public val startSequence: Long? = builder.startSequence

    /** The time it begins with, for [DeliverPolicy.BY_START_TIME]. */
    @get:JvmName("startTime")
    public val startTime: Instant? = builder.startTime

    /** The subjects it delivers, with wildcards; empty for all of its stream. Several need nats-server 2.10. Default none. */
    @get:JvmName("filterSubjects")
    public val filterSubjects: List<String> = builder.filterSubjects.toList()

    /** Whether messages come without their payload, and with its length as the header `Nats-Msg-Size`. Default `false`. */
    @get:JvmName("isHeadersOnly")
    public val isHeadersOnly: Boolean = builder.headersOnly

    /** How fast it delivers what is stored already. Default [ReplayPolicy.INSTANT]. */
    @get:JvmName("replayPolicy")
    public val replayPolicy: ReplayPolicy = builder.replayPolicy

    /** How messages are pulled. Groups are not for it. Default that of [PullOptions], with a heartbeat of 2 s. */
    @get:JvmName("pull")
    public val pull: PullOptions = builder.pull

    init {
        require(startSequence == null || startSequence >= 1) { "startSequence is $startSequence; the first is 1" }
        require(pull.group == null) { "an ordered consumer has no priority groups; pull.group is '${pull.group}'" }
        filterSubjects.forEach { Subject(it) }
    }

    override fun toString(): String = "OrderedConfig(deliverPolicy=$deliverPolicy, startSequence=$startSequence, startTime=$startTime, " +
        "filterSubjects=$filterSubjects, isHeadersOnly=$isHeadersOnly, replayPolicy=$replayPolicy, pull=$pull)"

    /** Collects an [OrderedConfig]. The last of the functions that say where to begin counts. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        internal var deliverPolicy = DeliverPolicy.ALL
        internal var startSequence: Long? = null
        internal var startTime: Instant? = null

        /** See [OrderedConfig.filterSubjects]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var filterSubjects: List<String> = emptyList()

        /** See [OrderedConfig.isHeadersOnly]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var headersOnly: Boolean = false

        /** See [OrderedConfig.replayPolicy]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var replayPolicy: ReplayPolicy = ReplayPolicy.INSTANT

        /** See [OrderedConfig.pull]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var pull: PullOptions = PullOptions { heartbeat = HEARTBEAT }

        /** Begins with the first message that there is. */
        public fun startAtFirst(): Builder = start(DeliverPolicy.ALL)

        /** Begins with the last message. */
        public fun startAtLast(): Builder = start(DeliverPolicy.LAST)

        /** Begins with the last message of each subject. */
        public fun startAtLastPerSubject(): Builder = start(DeliverPolicy.LAST_PER_SUBJECT)

        /** Begins with the next message that is stored. */
        public fun startAtNew(): Builder = start(DeliverPolicy.NEW)

        /** Begins with the message [sequence], or the first one after it. */
        public fun startAt(sequence: Long): Builder = start(DeliverPolicy.BY_START_SEQUENCE, sequence = sequence)

        /** Begins with the first message that is as young as [time]. */
        public fun startAt(time: Instant): Builder = start(DeliverPolicy.BY_START_TIME, time = time)

        /** Sets [OrderedConfig.filterSubjects]. */
        public fun filterSubjects(vararg subjects: String): Builder = apply { filterSubjects = subjects.toList() }

        /** Sets [OrderedConfig.isHeadersOnly]. */
        public fun headersOnly(headersOnly: Boolean): Builder = apply { this.headersOnly = headersOnly }

        /** Sets [OrderedConfig.replayPolicy]. */
        public fun replayPolicy(replayPolicy: ReplayPolicy): Builder = apply { this.replayPolicy = replayPolicy }

        /** Sets [OrderedConfig.pull]. */
        public fun pull(pull: PullOptions): Builder = apply { this.pull = pull }

        private fun start(policy: DeliverPolicy, sequence: Long? = null, time: Instant? = null): Builder = apply {
            deliverPolicy = policy
            startSequence = sequence
            startTime = time
        }

        /**
         * The configuration as it is set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid.
         */
        public fun build(): OrderedConfig = OrderedConfig(this)
    }

    /** Where configurations begin. */
    public companion object {
        /** A consumer that dies with its server says nothing: only silence tells of it. */
        private val HEARTBEAT = 2.seconds

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
