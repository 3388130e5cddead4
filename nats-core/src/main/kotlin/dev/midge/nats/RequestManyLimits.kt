package dev.midge.nats

import dev.midge.nats.internal.client.ServiceErrors
import dev.midge.nats.internal.values.Parts
import java.util.function.Predicate
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** When a [NatsRequester.requestMany] ends (ADR-47): by whichever of these comes first. Immutable. */
public class RequestManyLimits private constructor(builder: Builder) {
    /** The longest time for all replies. Default `null`: [TimeoutOptions.request]. */
    public val total: Duration? = builder.total

    /** The longest time between two replies, once the first has come. Default `null`: no such limit. */
    public val stall: Duration? = builder.stall

    /** The number of replies. Default `null`: any number. */
    @get:JvmName("maxMessages")
    public val maxMessages: Int? = builder.maxMessages

    /** Tells the reply that ends the sequence; that one is not emitted. Default `null`: none does. */
    @get:JvmSynthetic
    public val sentinel: ((NatsMessage) -> Boolean)? = builder.sentinel

    private val parts: Parts
        get() = Parts("RequestManyLimits", "total" to total, "stall" to stall, "maxMessages" to maxMessages, "sentinel" to sentinel)

    init {
        require(total == null || total.isPositive()) { "total is $total; it has to be more than zero" }
        require(stall == null || stall.isPositive()) { "stall is $stall; it has to be more than zero" }
        require(maxMessages == null || maxMessages > 0) { "maxMessages is $maxMessages; it has to be more than zero" }
    }

    /** The property of the same name, for Java. */
    public fun total(): JavaDuration? = total?.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun stall(): JavaDuration? = stall?.toJavaDuration()

    /** These limits with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): RequestManyLimits = toBuilder().apply(configure).build()

    /** A builder with these limits, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is RequestManyLimits && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** Collects [RequestManyLimits], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: RequestManyLimits? = null) {
        /** See [RequestManyLimits.total]. */
        public var total: Duration? = from?.total

        /** See [RequestManyLimits.stall]. */
        public var stall: Duration? = from?.stall

        /** See [RequestManyLimits.maxMessages]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxMessages: Int? = from?.maxMessages

        /** See [RequestManyLimits.sentinel]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var sentinel: ((NatsMessage) -> Boolean)? = from?.sentinel

        /** Sets [RequestManyLimits.total]; `null` for the default. */
        public fun total(total: JavaDuration?): Builder = apply { this.total = total?.toKotlinDuration() }

        /** Sets [RequestManyLimits.stall]; `null` for none. */
        public fun stall(stall: JavaDuration?): Builder = apply { this.stall = stall?.toKotlinDuration() }

        /** Sets [RequestManyLimits.maxMessages]; `null` for any number. */
        public fun maxMessages(maxMessages: Int?): Builder = apply { this.maxMessages = maxMessages }

        /** Sets [RequestManyLimits.sentinel]; `null` for none. */
        public fun sentinel(sentinel: Predicate<NatsMessage>?): Builder = apply { this.sentinel = sentinel?.let { it::test } }

        /**
         * A reply without payload that is no error ends the sequence: the usual [RequestManyLimits.sentinel]. An error is emitted and ends
         * nothing, since the end follows it; where it may not, give a [RequestManyLimits.stall].
         */
        public fun endedByEmptyPayload(): Builder = apply { sentinel = { it.payload.isEmpty() && ServiceErrors.of(it) == null } }

        /**
         * The limits as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if one of them is not more than zero.
         */
        public fun build(): RequestManyLimits = RequestManyLimits(this)
    }

    /** Where limits begin. */
    public companion object {
        /** A builder without limits, but for the request timeout. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
