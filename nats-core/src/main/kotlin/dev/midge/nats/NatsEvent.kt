package dev.midge.nats

import kotlin.time.Duration

/**
 * What happens on a connection, as an immutable snapshot. Events arrive in the order in which they happened; [NatsConnection.state] has
 * already changed when the event is seen.
 */
public sealed interface NatsEvent {
    /** The client is let in by the server at [url] (without credentials). */
    public data class Connected(public val url: String, public val info: ServerInfo) : NatsEvent

    /**
     * The connection to the server at [url] was lost. What the server had not read yet of what was sent may be lost with it. With
     * [Reconnected] at once behind it the connection was being moved, and the server that it left did not confirm all that it was sent.
     */
    public data class Disconnected(public val url: String, public val cause: NatsException) : NatsEvent

    /** After [delay], the server at [url] will be tried; [attempt] counts from 1 since the connection was lost. */
    public data class Reconnecting(public val attempt: Int, public val url: String, public val delay: Duration) : NatsEvent

    /**
     * The connection is back, to the server at [url], which has been told all subscriptions; [SubscriptionEnded] tells of those that it refused. Without [Disconnected] before it, the connection was
     * moved there without interruption, because the server before said [LameDuck] or on request.
     */
    public data class Reconnected(public val url: String, public val info: ServerInfo) : NatsEvent

    /** An attempt to reconnect has failed; others follow unless [Closed] comes next. */
    public data class ReconnectFailed(public val attempt: Int, public val url: String, public val cause: NatsException) : NatsEvent

    /** A server has named servers of its cluster that were not known before: they will be tried too. */
    public data class DiscoveredServers(public val urls: List<String>) : NatsEvent

    /** The connection is closed for good; [cause] is `null` if it was asked for. */
    public data class Closed(public val cause: NatsException?) : NatsEvent

    /** A subscription's queue ran over. Once an episode: again only after the queue was at most half full in between. */
    public data class SlowConsumer(public val sid: Long, public val subject: String, public val droppedMessages: Long) : NatsEvent

    /**
     * The messages that a subscription's queue had no room for: told at the end of the episode that [SlowConsumer] began, with exactly how
     * many it has cost.
     */
    public data class MessageDropped(public val sid: Long, public val subject: String, public val count: Long) : NatsEvent

    /**
     * A subscription has ended before its time because of [cause], and the connection goes on: the server refused it
     * ([PermissionViolationException], [SubscriptionRefusedException]), perhaps a new server after a reconnect; link after link broke when the
     * server was told of it ([ConnectionLostException]); or it ran over with [Overflow.Fail] ([SlowConsumerException]). Its Flow fails with the
     * same exception; a handler gets no more messages.
     */
    public data class SubscriptionEnded(public val sid: Long, public val subject: String, public val cause: NatsException) : NatsEvent

    /**
     * A message to [subject] that waited for the network was taken out, so that what waits behind it goes on: the server takes none like it
     * ([cause] is a [PayloadTooLargeException] or a [HeadersNotSupportedException]), or link after link broke in its middle ([cause] is what
     * broke the last one). [size] is that of payload and headers.
     */
    public data class MessageDiscarded(public val subject: String, public val size: Long, public val cause: NatsException) : NatsEvent

    /** The server refused a publish or subscribe. A refused subscription's Flow and a refused request fail with the same exception. */
    public data class PermissionViolation(public val violation: PermissionViolationException) : NatsEvent

    /** The server sent an `-ERR` that names no call. If it has refused a subscription with it, [SubscriptionEnded] follows. */
    public data class ServerError(public val error: String) : NatsEvent

    /** The server announced that it shuts down soon (ADR-5). */
    public data class LameDuck(public val url: String) : NatsEvent

    /**
     * A message on [subject] was no [type], which a typed subscription or responder expected; [cause] is what the decoder said, and may quote
     * the payload. Told for each such message, whatever is done with it.
     */
    public data class MessageNotDecoded(public val subject: String, public val type: String, public val cause: Throwable) : NatsEvent

    /** A handler given to `subscribe` or `respond` threw. The subscription goes on with the next message. */
    public data class HandlerFailed(public val sid: Long, public val subject: String, public val cause: Throwable) : NatsEvent
}
