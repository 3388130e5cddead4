package dev.midge.nats.jetstream

import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * What happens to consumers that are in use, and needs nothing to be done. A later version may have more of them: give a `when` over it an
 * `else`.
 */
public sealed class JetStreamEvent(
    /** The stream. */
    @get:JvmName("stream") public val stream: String,
    /** The consumer. */
    @get:JvmName("consumer") public val consumer: String,
) {
    /** What it says, as it is logged. */
    internal abstract val text: String

    final override fun toString(): String = "${this::class.simpleName}($stream, $consumer: $text)"

    /** Neither a message nor a sign of life came in [silence]: it is pulled from again, or asked about if it pushes. */
    public class HeartbeatMissed internal constructor(stream: String, consumer: String, public val silence: Duration) :
        JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "no message and no heartbeat for $silence"

        /** The property of the same name, for Java. */
        public fun silence(): JavaDuration = silence.toJavaDuration()
    }

    /**
     * A push consumer has delivered [count] messages that did not get here, most likely while the link was lost. Those that are to be
     * acknowledged are delivered again.
     */
    public class DeliveriesMissed internal constructor(stream: String, consumer: String, @get:JvmName("count") public val count: Long) :
        JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "$count deliveries did not get here"
    }

    /** A pull has ended before its time, by what the server says as [status]; there is another one. */
    public class PullEnded internal constructor(stream: String, consumer: String, @get:JvmName("status") public val status: String) :
        JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "a pull ended early with '$status', pulls again"
    }

    /** An ordered consumer has been made anew, and goes on after the message [after]; 0 if it had delivered none. */
    public class ConsumerRecreated internal constructor(
        stream: String,
        consumer: String,
        @get:JvmName("reason") public val reason: String,
        @get:JvmName("after") public val after: Long,
    ) : JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "made anew after message $after: $reason"
    }

    /** An ordered consumer cannot be made now; that is tried again after [pause]. */
    public class ConsumerNotRecreated internal constructor(
        stream: String,
        consumer: String,
        @get:JvmName("cause") public val cause: Throwable,
        public val pause: Duration,
    ) : JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "cannot be made anew, tries again in $pause: ${cause.message}"

        /** The property of the same name, for Java. */
        public fun pause(): JavaDuration = pause.toJavaDuration()
    }

    /** A handler has failed; the message is delivered again after [delay]. */
    public class HandlerFailed internal constructor(
        stream: String,
        consumer: String,
        @get:JvmName("sequence") public val sequence: Long,
        @get:JvmName("cause") public val cause: Throwable,
        public val delay: Duration,
    ) : JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "the handler of message $sequence failed, again in $delay: $cause"

        /** The property of the same name, for Java. */
        public fun delay(): JavaDuration = delay.toJavaDuration()
    }

    /**
     * A message is not delivered again, though no handler has taken it: it is poison, does not decode, or was delivered as often as it may be.
     */
    public class MessageGivenUp internal constructor(
        stream: String,
        consumer: String,
        @get:JvmName("sequence") public val sequence: Long,
        @get:JvmName("deliveries") public val deliveries: Long,
        @get:JvmName("cause") public val cause: Throwable,
    ) : JetStreamEvent(stream, consumer) {
        override val text: String
            get() = "message $sequence is given up after $deliveries deliveries: $cause"
    }
}
