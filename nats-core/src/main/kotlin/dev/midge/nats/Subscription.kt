package dev.midge.nats

import kotlinx.coroutines.flow.Flow
import kotlin.time.Duration

/**
 * One subscription: a Flow of the messages that the server sends for it, in the order in which they arrive.
 *
 * The server delivers from the moment `subscribe` returned; messages wait in a bounded queue until they are collected (see [Overflow]). It
 * can be collected once; one that was given a handler is collected by that. When the collector is cancelled or throws, the subscription is
 * unsubscribed and what still waits is discarded. The Flow completes after [unsubscribe], [drain], or an orderly close of the connection;
 * it fails with a [NatsException] if the connection was lost, the server refused the subscription, or [Overflow.Fail] ran over.
 *
 * All members may be called from any thread.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface Subscription : Flow<NatsMessage> {
    /** What is subscribed to, wildcards included. */
    public val subject: Subject

    /** The queue group whose members share the messages, or `null`. */
    public val queueGroup: String?

    /** Tells this subscription from all others of this program, those that share its [sid] too: events name it. */
    public val id: Long

    /** The subscription id on the wire. Handlers of one subject that share a subscription of the server (see [NatsSubscriber]) have one id. */
    public val sid: Long

    /** Whether the server may still deliver to this subscription. */
    public val isActive: Boolean

    /** Messages that wait to be collected. */
    public val pendingMessages: Long

    /** Payload and header bytes that wait to be collected. */
    public val pendingBytes: Long

    /** Messages received from the server so far, those dropped included. */
    public val receivedMessages: Long

    /** Messages dropped so far because the collector was too slow; see [Overflow]. */
    public val droppedMessages: Long

    /**
     * Ends the subscription, at once or after [afterMessages] messages counted from its beginning.
     *
     * What was received before still reaches the collector, then the Flow completes. If [afterMessages] messages or more have been
     * received already, it ends at once. Does nothing if the subscription has ended. The count is exact: not one message more is emitted.
     *
     * @throws IllegalArgumentException if [afterMessages] is negative.
     */
    public suspend fun unsubscribe(afterMessages: Long = 0)

    /**
     * Ends the subscription without losing a message: tells the server, waits until all that was under way has arrived, and returns when
     * the collector (or handler) has finished with the last of it.
     *
     * Without a collector the waiting messages have nobody to go to, and the call runs into [timeout]. Cancelling the call leaves the
     * subscription unsubscribed.
     *
     * @param timeout how long to wait; `null` takes [TimeoutOptions.drain].
     * @throws DrainTimeoutException if the collector was not done in time; the subscription is ended, what waits is discarded.
     * @throws IllegalStateException if the subscription's own handler calls it: the drain would wait for itself. Nothing is ended.
     */
    public suspend fun drain(timeout: Duration? = null)

    /**
     * Returns when the subscription has ended and its collector or handler has finished with the last message: after [unsubscribe], [drain], or an
     * orderly close of the connection. A handler that runs inline may still be at its last message.
     *
     * Messages that nobody collects keep it waiting. Cancelling the call changes nothing.
     *
     * @throws NatsException what ended the subscription before its time: the loss of the connection, a refusal by the server, or
     *   [SlowConsumerException]. Also told as [NatsEvent.SubscriptionEnded] while the connection goes on.
     */
    public suspend fun awaitEnd()
}
