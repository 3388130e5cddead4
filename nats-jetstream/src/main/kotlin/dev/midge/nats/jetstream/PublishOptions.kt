package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.publish.Need
import dev.midge.nats.jetstream.internal.publish.PublishHeaders
import dev.midge.nats.jetstream.internal.publish.requireValid
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * What a message tells its stream, and how its acknowledgement is waited for. Immutable; one without a message id and expectations serves
 * any number of messages, and costs them nothing.
 */
public class PublishOptions private constructor(builder: Builder) {
    /** By what the stream knows a message that it has already, within its duplicate window; not empty. Default `null`. */
    @get:JvmName("messageId")
    public val messageId: String? = builder.messageId

    /** The stream that has to take the message. Default `null`, any. */
    @get:JvmName("expectStream")
    public val expectStream: String? = builder.expectStream

    /** The sequence that the stream's last message has to have; 0 for an empty stream. Default `null`. */
    @get:JvmName("expectLastSequence")
    public val expectLastSequence: Long? = builder.expectLastSequence

    /** The sequence that the last message of the subject has to have; 0 for a subject without one. Default `null`. */
    @get:JvmName("expectLastSubjectSequence")
    public val expectLastSubjectSequence: Long? = builder.expectLastSubjectSequence

    /**
     * What [expectLastSubjectSequence] is about instead of the message's own subject; may hold wildcards. Needs nats-server 2.12. Default
     * `null`.
     */
    @get:JvmName("expectLastSubject")
    public val expectLastSubject: String? = builder.expectLastSubject

    /** The message id that the stream's last message has to have. Default `null`. */
    @get:JvmName("expectLastMessageId")
    public val expectLastMessageId: String? = builder.expectLastMessageId

    /**
     * How long the stream keeps the message, in whole seconds, at least one. [Duration.INFINITE] keeps it beyond the stream's own limit of
     * age. Needs nats-server 2.11 and a stream that allows it. Default `null`, as the stream has it.
     */
    @get:JvmSynthetic
    public val timeToLive: Duration? = builder.timeToLive

    /** What the message replaces. Default `null`, nothing. */
    @get:JvmName("rollup")
    public val rollup: Rollup? = builder.rollup

    /** When the message is produced, instead of at once. Needs nats-server 2.12 and a stream that allows it. Default `null`. */
    @get:JvmName("schedule")
    public val schedule: Schedule? = builder.schedule

    /** Further headers of the message. Default none. */
    @get:JvmName("headers")
    public val headers: Headers = builder.headers

    /** How long the acknowledgement is waited for, all attempts together. Default `null`, [JetStreamOptions.timeout]. */
    @get:JvmSynthetic
    public val timeout: Duration? = builder.timeout

    /** See [JetStreamOptions.publishRetries], which is what `null` takes. Default `null`. */
    @get:JvmName("retries")
    public val retries: Int? = builder.retries

    /** See [JetStreamOptions.publishRetryWait], which is what `null` takes. Default `null`. */
    @get:JvmSynthetic
    public val retryWait: Duration? = builder.retryWait

    /**
     * Whether the message is sent again when the connection was lost before its acknowledgement: for those that have a message id, so that
     * the stream stores them once. Until [timeout], and not if the connection was closed. Default `false`.
     */
    @get:JvmName("resendAfterReconnect")
    public val resendAfterReconnect: Boolean = builder.resendAfterReconnect

    /**
     * After how long without an acknowledgement a message that has a message id is sent again, until [timeout]: a stream whose leader
     * changes may forget what was under way without a word. Default `null`, never.
     */
    @get:JvmSynthetic
    public val resendAfterSilence: Duration? = builder.resendAfterSilence

    /** All of it that goes to the server. */
    internal val wire: Headers = PublishHeaders.of(this)

    internal val needs: List<Need> = Need.of(wire)

    init {
        requireValid()
    }

    /** The property of the same name, for Java; what never expires has `Long.MAX_VALUE` seconds. */
    public fun timeToLive(): JavaDuration? = timeToLive?.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration? = timeout?.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun retryWait(): JavaDuration? = retryWait?.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun resendAfterSilence(): JavaDuration? = resendAfterSilence?.toJavaDuration()

    /** These with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): PublishOptions = toBuilder().apply(configure).build()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun toString(): String = "PublishOptions(headers=$wire, timeout=$timeout, retries=$retries)"

    /** Collects [PublishOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: PublishOptions? = null) {
        /** See [PublishOptions.messageId]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var messageId: String? = from?.messageId

        /** See [PublishOptions.expectStream]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var expectStream: String? = from?.expectStream

        /** See [PublishOptions.expectLastSequence]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var expectLastSequence: Long? = from?.expectLastSequence

        /** See [PublishOptions.expectLastSubjectSequence]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var expectLastSubjectSequence: Long? = from?.expectLastSubjectSequence

        /** See [PublishOptions.expectLastSubject]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var expectLastSubject: String? = from?.expectLastSubject

        /** See [PublishOptions.expectLastMessageId]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var expectLastMessageId: String? = from?.expectLastMessageId

        /** See [PublishOptions.timeToLive]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var timeToLive: Duration? = from?.timeToLive

        /** See [PublishOptions.rollup]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var rollup: Rollup? = from?.rollup

        /** See [PublishOptions.schedule]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var schedule: Schedule? = from?.schedule

        /** See [PublishOptions.headers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var headers: Headers = from?.headers ?: Headers.Empty

        /** See [PublishOptions.timeout]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var timeout: Duration? = from?.timeout

        /** See [PublishOptions.retries]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var retries: Int? = from?.retries

        /** See [PublishOptions.retryWait]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var retryWait: Duration? = from?.retryWait

        /** See [PublishOptions.resendAfterReconnect]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var resendAfterReconnect: Boolean = from?.resendAfterReconnect ?: false

        /** See [PublishOptions.resendAfterSilence]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var resendAfterSilence: Duration? = from?.resendAfterSilence

        /** Sets [PublishOptions.messageId]. */
        public fun messageId(messageId: String?): Builder = apply { this.messageId = messageId }

        /** Sets [PublishOptions.expectStream]. */
        public fun expectStream(stream: String?): Builder = apply { this.expectStream = stream }

        /** Sets [PublishOptions.expectLastSequence]. */
        public fun expectLastSequence(sequence: Long?): Builder = apply { this.expectLastSequence = sequence }

        /** Sets [PublishOptions.expectLastSubjectSequence] and, if it is given, [PublishOptions.expectLastSubject]. */
        @JvmOverloads
        public fun expectLastSubjectSequence(sequence: Long?, subject: String? = null): Builder = apply {
            this.expectLastSubjectSequence = sequence
            this.expectLastSubject = subject
        }

        /** Sets [PublishOptions.expectLastMessageId]. */
        public fun expectLastMessageId(messageId: String?): Builder = apply { this.expectLastMessageId = messageId }

        /** Sets [PublishOptions.timeToLive]; see [neverExpires]. */
        public fun timeToLive(timeToLive: JavaDuration?): Builder = apply { this.timeToLive = timeToLive?.toKotlinDuration() }

        /** The stream keeps the message beyond its own limit of age: [PublishOptions.timeToLive] without an end. */
        public fun neverExpires(): Builder = apply { this.timeToLive = Duration.INFINITE }

        /** Sets [PublishOptions.rollup]. */
        public fun rollup(rollup: Rollup?): Builder = apply { this.rollup = rollup }

        /** Sets [PublishOptions.schedule]. */
        public fun schedule(schedule: Schedule?): Builder = apply { this.schedule = schedule }

        /** Sets [PublishOptions.headers]. */
        public fun headers(headers: Headers): Builder = apply { this.headers = headers }

        /** Sets [PublishOptions.timeout]. */
        public fun timeout(timeout: JavaDuration?): Builder = apply { this.timeout = timeout?.toKotlinDuration() }

        /** Sets [PublishOptions.retries]. */
        public fun retries(retries: Int?): Builder = apply { this.retries = retries }

        /** Sets [PublishOptions.retryWait]. */
        public fun retryWait(retryWait: JavaDuration?): Builder = apply { this.retryWait = retryWait?.toKotlinDuration() }

        /** Sets [PublishOptions.resendAfterReconnect]. */
        public fun resendAfterReconnect(resendAfterReconnect: Boolean): Builder = apply { this.resendAfterReconnect = resendAfterReconnect }

        /** Sets [PublishOptions.resendAfterSilence]. */
        public fun resendAfterSilence(silence: JavaDuration?): Builder = apply { this.resendAfterSilence = silence?.toKotlinDuration() }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid, or [headers] hold one that another option sets too.
         */
        public fun build(): PublishOptions = PublishOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** A message like any other: no id, no expectations, and the times of [JetStreamOptions]. */
        @JvmField
        public val Default: PublishOptions = Builder().build()

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
