package dev.midge.nats

/**
 * What happens to a subscription whose collector is slower than its publishers. Nothing is ever dropped in silence: each loss is counted
 * ([Subscription.droppedMessages], [NatsStats.droppedMessages]) and each episode is reported once ([NatsEvent.SlowConsumer]).
 *
 * A message counts as waiting until its collector has finished with it: the one in the collector's hands is one of [messages].
 *
 * @property messages how many messages may wait; at least 1.
 * @property bytes how many payload and header bytes may wait; at least 1. One message is always accepted into an empty queue.
 */
public sealed class Overflow(@get:JvmName("messages") public val messages: Int, @get:JvmName("bytes") public val bytes: Long) {
    init {
        require(messages >= 1) { "messages is $messages; a subscription needs room for at least 1" }
        require(bytes >= 1) { "bytes is $bytes; a subscription needs room for at least 1" }
    }

    /** Drops the message that has just arrived. The default, as in other NATS clients. */
    public class DropNewest @JvmOverloads constructor(messages: Int = DEFAULT_MESSAGES, bytes: Long = DEFAULT_BYTES) :
        Overflow(messages, bytes)

    /** Drops the messages that have waited longest until the new one fits. */
    public class DropOldest @JvmOverloads constructor(messages: Int = DEFAULT_MESSAGES, bytes: Long = DEFAULT_BYTES) :
        Overflow(messages, bytes)

    /** Keeps only the latest message: for state that is soon outdated, such as positions or prices. */
    public object Latest : Overflow(1, Long.MAX_VALUE)

    /**
     * Stops reading from the socket until there is room again.
     *
     * This holds *everything* on the connection: every other subscription, replies and PONGs, so that the server may cut the connection
     * as a slow consumer or stale. Use it on a connection of its own. The queue may go over its limits by what one read of the socket
     * brought (64 KiB, or one larger message).
     */
    public class Suspend @JvmOverloads constructor(messages: Int = DEFAULT_MESSAGES, bytes: Long = DEFAULT_BYTES) :
        Overflow(messages, bytes)

    /** Ends the subscription: what waits is still emitted, then the Flow fails with [SlowConsumerException]. */
    public class Fail @JvmOverloads constructor(messages: Int = DEFAULT_MESSAGES, bytes: Long = DEFAULT_BYTES) : Overflow(messages, bytes)

    override fun toString(): String = "${this::class.simpleName}(messages=$messages, bytes=$bytes)"

    /** The limits that apply unless others are given. */
    public companion object {
        /** 65,536 messages. */
        public const val DEFAULT_MESSAGES: Int = 65_536

        /** 64 MiB. */
        public const val DEFAULT_BYTES: Long = 64L * 1024 * 1024
    }
}
