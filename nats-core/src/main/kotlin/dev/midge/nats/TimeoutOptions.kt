package dev.midge.nats

import dev.midge.nats.internal.values.Parts
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** The limits of time. Immutable. */
public class TimeoutOptions private constructor(builder: Builder) {
    /**
     * For one server, from the TCP connect until it has let the client in; telling it the subscriptions may take longer, as long as each such
     * time brings progress. Default 2 s.
     */
    public val connect: Duration = builder.connect

    /** For a reply, unless the call names its own. Default 5 s. */
    public val request: Duration = builder.request

    /** For the PONG that answers a flush or ping. Default 10 s. */
    public val flush: Duration = builder.flush

    /** For a drain of a subscription or the connection. Default 30 s. */
    public val drain: Duration = builder.drain

    /**
     * For writing out what is queued when the connection is closed, and for what the server that is left has to confirm when it moves: longer,
     * as long as the network takes some of it within each such time. Default 2 s.
     */
    public val close: Duration = builder.close

    /** Between two PINGs, which find a connection dead that was not closed. Default 2 minutes. */
    public val pingInterval: Duration = builder.pingInterval

    /** How many PINGs may wait for their answer; when one more is due the connection counts as lost. Default 2. */
    @get:JvmName("maxPingsOutstanding")
    public val maxPingsOutstanding: Int = builder.maxPingsOutstanding

    private val parts: Parts
        get() = Parts(
            "TimeoutOptions",
            "connect" to connect,
            "request" to request,
            "flush" to flush,
            "drain" to drain,
            "close" to close,
            "pingInterval" to pingInterval,
            "maxPingsOutstanding" to maxPingsOutstanding,
        )

    init {
        val durations = mapOf(
            "connect" to connect,
            "request" to request,
            "flush" to flush,
            "drain" to drain,
            "close" to close,
            "pingInterval" to pingInterval,
        )
        durations.forEach { (name, value) -> require(value.isPositive()) { "timeouts.$name is $value; it has to be more than zero" } }
        require(maxPingsOutstanding > 0) { "timeouts.maxPingsOutstanding is $maxPingsOutstanding; it has to be more than zero" }
    }

    /** The property of the same name, for Java. */
    public fun connect(): JavaDuration = connect.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun request(): JavaDuration = request.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun flush(): JavaDuration = flush.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun drain(): JavaDuration = drain.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun close(): JavaDuration = close.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun pingInterval(): JavaDuration = pingInterval.toJavaDuration()

    /** These limits with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): TimeoutOptions = toBuilder().apply(configure).build()

    /** A builder with these limits, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is TimeoutOptions && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** Collects [TimeoutOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: TimeoutOptions? = null) {
        /** See [TimeoutOptions.connect]. */
        public var connect: Duration = from?.connect ?: 2.seconds

        /** See [TimeoutOptions.request]. */
        public var request: Duration = from?.request ?: 5.seconds

        /** See [TimeoutOptions.flush]. */
        public var flush: Duration = from?.flush ?: 10.seconds

        /** See [TimeoutOptions.drain]. */
        public var drain: Duration = from?.drain ?: 30.seconds

        /** See [TimeoutOptions.close]. */
        public var close: Duration = from?.close ?: 2.seconds

        /** See [TimeoutOptions.pingInterval]. */
        public var pingInterval: Duration = from?.pingInterval ?: 2.minutes

        /** See [TimeoutOptions.maxPingsOutstanding]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxPingsOutstanding: Int = from?.maxPingsOutstanding ?: 2

        /** Sets [TimeoutOptions.connect]. */
        public fun connect(connect: JavaDuration): Builder = apply { this.connect = connect.toKotlinDuration() }

        /** Sets [TimeoutOptions.request]. */
        public fun request(request: JavaDuration): Builder = apply { this.request = request.toKotlinDuration() }

        /** Sets [TimeoutOptions.flush]. */
        public fun flush(flush: JavaDuration): Builder = apply { this.flush = flush.toKotlinDuration() }

        /** Sets [TimeoutOptions.drain]. */
        public fun drain(drain: JavaDuration): Builder = apply { this.drain = drain.toKotlinDuration() }

        /** Sets [TimeoutOptions.close]. */
        public fun close(close: JavaDuration): Builder = apply { this.close = close.toKotlinDuration() }

        /** Sets [TimeoutOptions.pingInterval]. */
        public fun pingInterval(pingInterval: JavaDuration): Builder = apply { this.pingInterval = pingInterval.toKotlinDuration() }

        /** Sets [TimeoutOptions.maxPingsOutstanding]. */
        public fun maxPingsOutstanding(maxPingsOutstanding: Int): Builder = apply { this.maxPingsOutstanding = maxPingsOutstanding }

        /**
         * The limits as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if one of them is not more than zero.
         */
        public fun build(): TimeoutOptions = TimeoutOptions(this)
    }

    /** Where limits of time begin. */
    public companion object {
        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
