package dev.midge.nats.jetstream

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsOptionsDsl
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** How a [JetStream] reaches its servers and how long it waits for them. Immutable. */
@OptIn(InternalNatsApi::class)
public class JetStreamOptions private constructor(builder: Builder) {
    /** The JetStream domain, such as that of a hub behind a leaf node; `null` for the one of the connected server. Default `null`. */
    @get:JvmName("domain")
    public val domain: String? = builder.domain

    /** What the subjects of the API begin with, where an account imports another one's JetStream. Excludes [domain]. Default `$JS.API`. */
    @get:JvmName("apiPrefix")
    public val apiPrefix: String = builder.apiPrefix

    /**
     * What the subjects of servers' events begin with, where an account imports another one's. A domain does not change them. Default
     * `$JS.EVENT`.
     */
    @get:JvmName("eventPrefix")
    public val eventPrefix: String = builder.eventPrefix

    /** How long one call waits for its answer, attempts included. Default 5 s. */
    public val timeout: Duration = builder.timeout

    /** How many published messages may wait for their acknowledgements before publishing waits. Default 4,096. */
    @get:JvmName("publishWindow")
    public val publishWindow: Int = builder.publishWindow

    /**
     * How often a publish is sent again when no stream takes its subject, as happens for a moment while a stream's leader changes. Default 2.
     */
    @get:JvmName("publishRetries")
    public val publishRetries: Int = builder.publishRetries

    /** How long such a publish waits before it is sent again. Default 250 ms. */
    public val publishRetryWait: Duration = builder.publishRetryWait

    /** What is told of publishes and messages, or `null`. */
    @InternalNatsApi
    @get:JvmName("probe")
    public val probe: JetStreamProbe? = builder.probe

    init {
        domain?.let {
            require(it.isNotEmpty() && it.none { c -> c <= ' ' || c in ".*>" }) { "'$it' is no domain: it is one token of a subject" }
        }
        require(domain == null || apiPrefix == DEFAULT_PREFIX) { "give a domain ('$domain') or an API prefix ('$apiPrefix'), not both" }
        require(isPrefix(apiPrefix)) { "'$apiPrefix' is no API prefix: it is a subject without wildcards, such as $DEFAULT_PREFIX" }
        require(isPrefix(eventPrefix)) {
            "'$eventPrefix' is no prefix of events: it is a subject without wildcards, such as $DEFAULT_EVENT_PREFIX"
        }
        require(timeout.isPositive()) { "timeout is $timeout; it has to be more than 0" }
        require(publishWindow >= 1) { "publishWindow is $publishWindow; it has to be 1 or more" }
        require(publishRetries >= 0) { "publishRetries is $publishRetries; it cannot be negative" }
        require(!publishRetryWait.isNegative()) { "publishRetryWait is $publishRetryWait; it cannot be negative" }
    }

    private fun isPrefix(text: String) = text.isNotEmpty() && !text.endsWith(".") && text.none { it <= ' ' || it in "*>" }

    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration = timeout.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun publishRetryWait(): JavaDuration = publishRetryWait.toJavaDuration()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun toString(): String =
        "JetStreamOptions(domain=$domain, apiPrefix=$apiPrefix, eventPrefix=$eventPrefix, timeout=$timeout, " +
            "publishWindow=$publishWindow, publishRetries=$publishRetries, publishRetryWait=$publishRetryWait)"

    /** Collects [JetStreamOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: JetStreamOptions? = null) {
        /** See [JetStreamOptions.domain]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var domain: String? = from?.domain

        /** See [JetStreamOptions.apiPrefix]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var apiPrefix: String = from?.apiPrefix ?: DEFAULT_PREFIX

        /** See [JetStreamOptions.eventPrefix]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var eventPrefix: String = from?.eventPrefix ?: DEFAULT_EVENT_PREFIX

        /** See [JetStreamOptions.timeout]. */
        public var timeout: Duration = from?.timeout ?: 5.seconds

        /** See [JetStreamOptions.publishWindow]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var publishWindow: Int = from?.publishWindow ?: DEFAULT_WINDOW

        /** See [JetStreamOptions.publishRetries]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var publishRetries: Int = from?.publishRetries ?: 2

        /** See [JetStreamOptions.publishRetryWait]. */
        public var publishRetryWait: Duration = from?.publishRetryWait ?: 250.milliseconds

        /** See [JetStreamOptions.probe]. */
        @InternalNatsApi
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var probe: JetStreamProbe? = from?.probe

        /** Sets [JetStreamOptions.domain]. */
        public fun domain(domain: String?): Builder = apply { this.domain = domain }

        /** Sets [JetStreamOptions.apiPrefix]. */
        public fun apiPrefix(apiPrefix: String): Builder = apply { this.apiPrefix = apiPrefix }

        /** Sets [JetStreamOptions.eventPrefix]. */
        public fun eventPrefix(eventPrefix: String): Builder = apply { this.eventPrefix = eventPrefix }

        /** Sets [JetStreamOptions.timeout]. */
        public fun timeout(timeout: JavaDuration): Builder = apply { this.timeout = timeout.toKotlinDuration() }

        /** Sets [JetStreamOptions.publishWindow]. */
        public fun publishWindow(publishWindow: Int): Builder = apply { this.publishWindow = publishWindow }

        /** Sets [JetStreamOptions.publishRetries]. */
        public fun publishRetries(publishRetries: Int): Builder = apply { this.publishRetries = publishRetries }

        /** Sets [JetStreamOptions.publishRetryWait]. */
        public fun publishRetryWait(publishRetryWait: JavaDuration): Builder =
            apply { this.publishRetryWait = publishRetryWait.toKotlinDuration() }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid, or [domain] and [apiPrefix] are both given.
         */
        public fun build(): JetStreamOptions = JetStreamOptions(this)
    }

    /** Where options begin. */
    public companion object {
        private const val DEFAULT_PREFIX = "\$JS.API"
        private const val DEFAULT_EVENT_PREFIX = "\$JS.EVENT"
        private const val DEFAULT_WINDOW = 4096

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
