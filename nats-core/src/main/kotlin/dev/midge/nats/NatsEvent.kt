package dev.midge.nats

import dev.midge.nats.internal.values.Parts
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * What happens on a connection, as an immutable snapshot. Events arrive in the order in which they happened; [NatsConnection.state] has
 * already changed when the event is seen. Where an event concerns one subscription, `subscriptionId` is its [Subscription.id]; several handlers
 * may share a `sid`. A later version may have more of them: give a `when` over it an `else`.
 */
public sealed class NatsEvent {
    internal abstract val parts: Parts

    final override fun equals(other: Any?): Boolean = other is NatsEvent && parts == other.parts

    final override fun hashCode(): Int = parts.hashCode()

    final override fun toString(): String = parts.toString()

    /** The client is let in by the server at [url] (without credentials). */
    public class Connected internal constructor(
        @get:JvmName("url") public val url: String,
        @get:JvmName("info") public val info: ServerInfo,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("Connected", "url" to url, "info" to info)
    }

    /**
     * The connection to the server at [url] was lost. What the server had not read yet of what was sent may be lost with it. With
     * [Reconnected] at once behind it the connection was being moved, and the server that it left did not confirm all that it was sent.
     */
    public class Disconnected internal constructor(
        @get:JvmName("url") public val url: String,
        @get:JvmName("cause") public val cause: NatsException,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("Disconnected", "url" to url, "cause" to cause)
    }

    /** After [delay], the server at [url] will be tried; [attempt] counts from 1 since the connection was lost. */
    public class Reconnecting internal constructor(
        @get:JvmName("attempt") public val attempt: Int,
        @get:JvmName("url") public val url: String,
        public val delay: Duration,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("Reconnecting", "attempt" to attempt, "url" to url, "delay" to delay)

        /** The property of the same name, for Java. */
        public fun delay(): JavaDuration = delay.toJavaDuration()
    }

    /**
     * The connection is back, to the server at [url], which has been told all subscriptions; [SubscriptionEnded] tells of those that it
     * refused. Without [Disconnected] before it, the connection was moved there without interruption, because the server before said
     * [LameDuck] or on request.
     */
    public class Reconnected internal constructor(
        @get:JvmName("url") public val url: String,
        @get:JvmName("info") public val info: ServerInfo,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("Reconnected", "url" to url, "info" to info)
    }

    /** An attempt to reconnect has failed; others follow unless [Closed] comes next. */
    public class ReconnectFailed internal constructor(
        @get:JvmName("attempt") public val attempt: Int,
        @get:JvmName("url") public val url: String,
        @get:JvmName("cause") public val cause: NatsException,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("ReconnectFailed", "attempt" to attempt, "url" to url, "cause" to cause)
    }

    /** A server has named servers of its cluster that were not known before: they will be tried too. */
    public class DiscoveredServers internal constructor(@get:JvmName("urls") public val urls: List<String>) : NatsEvent() {
        override val parts: Parts
            get() = Parts("DiscoveredServers", "urls" to urls)
    }

    /** The connection is closed for good; [cause] is `null` if it was asked for. */
    public class Closed internal constructor(@get:JvmName("cause") public val cause: NatsException?) : NatsEvent() {
        override val parts: Parts
            get() = Parts("Closed", "cause" to cause)
    }

    /** A subscription's queue ran over. Once an episode: again only after the queue was at most half full in between. */
    public class SlowConsumer internal constructor(
        @get:JvmName("subscriptionId") public val subscriptionId: Long,
        @get:JvmName("sid") public val sid: Long,
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("droppedMessages") public val droppedMessages: Long,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts(
                "SlowConsumer",
                "subscriptionId" to subscriptionId,
                "sid" to sid,
                "subject" to subject,
                "droppedMessages" to droppedMessages,
            )
    }

    /**
     * The messages that a subscription's queue had no room for: told at the end of the episode that [SlowConsumer] began, with exactly how
     * many it has cost.
     */
    public class MessagesDropped internal constructor(
        @get:JvmName("subscriptionId") public val subscriptionId: Long,
        @get:JvmName("sid") public val sid: Long,
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("count") public val count: Long,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("MessagesDropped", "subscriptionId" to subscriptionId, "sid" to sid, "subject" to subject, "count" to count)
    }

    /**
     * A subscription has ended before its time because of [cause], and the connection goes on: the server refused it
     * ([PermissionViolationException], [SubscriptionRefusedException]), perhaps a new server after a reconnect; link after link broke when the
     * server was told of it ([ConnectionLostException]); or it ran over with [Overflow.Fail] ([SlowConsumerException]). Its Flow fails with the
     * same exception; a handler gets no more messages.
     */
    public class SubscriptionEnded internal constructor(
        @get:JvmName("subscriptionId") public val subscriptionId: Long,
        @get:JvmName("sid") public val sid: Long,
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("cause") public val cause: NatsException,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("SubscriptionEnded", "subscriptionId" to subscriptionId, "sid" to sid, "subject" to subject, "cause" to cause)
    }

    /**
     * A message to [subject] that waited for the network was taken out, so that what waits behind it goes on: the server takes none like it
     * ([cause] is a [PayloadTooLargeException] or a [HeadersNotSupportedException]), or link after link broke in its middle ([cause] is what
     * broke the last one). [size] is that of payload and headers.
     */
    public class MessageDiscarded internal constructor(
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("size") public val size: Long,
        @get:JvmName("cause") public val cause: NatsException,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("MessageDiscarded", "subject" to subject, "size" to size, "cause" to cause)
    }

    /** The server refused a publish or subscribe. A refused subscription's Flow and a refused request fail with the same exception. */
    public class PermissionViolation internal constructor(@get:JvmName("violation") public val violation: PermissionViolationException) :
        NatsEvent() {
        override val parts: Parts
            get() = Parts("PermissionViolation", "violation" to violation)
    }

    /** The server sent an `-ERR` that names no call. If it has refused a subscription with it, [SubscriptionEnded] follows. */
    public class ServerError internal constructor(@get:JvmName("error") public val error: String) : NatsEvent() {
        override val parts: Parts
            get() = Parts("ServerError", "error" to error)
    }

    /** The server announced that it shuts down soon (ADR-5). */
    public class LameDuck internal constructor(@get:JvmName("url") public val url: String) : NatsEvent() {
        override val parts: Parts
            get() = Parts("LameDuck", "url" to url)
    }

    /**
     * A message on [subject] was no [type], which a typed subscription or responder expected; [cause] is what the decoder said, and may quote
     * the payload. Told for each such message, whatever is done with it.
     */
    public class MessageNotDecoded @InternalNatsApi constructor(
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("type") public val type: String,
        @get:JvmName("cause") public val cause: Throwable,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("MessageNotDecoded", "subject" to subject, "type" to type, "cause" to cause)
    }

    /** A handler given to `subscribe` or `respond` threw. The subscription goes on with the next message. */
    public class HandlerFailed internal constructor(
        @get:JvmName("subscriptionId") public val subscriptionId: Long,
        @get:JvmName("sid") public val sid: Long,
        @get:JvmName("subject") public val subject: String,
        @get:JvmName("cause") public val cause: Throwable,
    ) : NatsEvent() {
        override val parts: Parts
            get() = Parts("HandlerFailed", "subscriptionId" to subscriptionId, "sid" to sid, "subject" to subject, "cause" to cause)
    }
}
