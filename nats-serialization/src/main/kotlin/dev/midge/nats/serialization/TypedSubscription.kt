package dev.midge.nats.serialization

import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.internal.Decoding
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlin.time.Duration

/**
 * A [Subscription] whose messages have values: a Flow of those that decode, in the order of their arrival.
 *
 * Messages are decoded in the collector's coroutine (or the handler's), one after the other. All that is said of [Subscription] holds: it
 * can be collected once, cancelling the collector ends it. What does not decode is counted, and ends the Flow only if [Undecodable.Fail]
 * was asked for.
 *
 * @property subscription the subscription beneath, with all its counts. It is collected through this one.
 */
public class TypedSubscription<T> internal constructor(public val subscription: Subscription, private val decoding: Decoding<T>) :
    Flow<TypedMessage<T>> {
    /** What is subscribed to, wildcards included. */
    public val subject: Subject
        get() = subscription.subject

    /** Whether the server may still deliver to this subscription. */
    public val isActive: Boolean
        get() = subscription.isActive

    /** Messages so far that did not decode, whatever was done with them. */
    public val undecodableMessages: Long
        get() = decoding.undecodableMessages

    /** Those of them that were published to the subject of [Undecodable.DeadLetter]. */
    public val deadLetters: Long
        get() = decoding.deadLetters

    /**
     * Ends the subscription, at once or after [afterMessages] messages counted from its beginning, those that do not decode included.
     *
     * @throws IllegalArgumentException if [afterMessages] is negative.
     */
    public suspend fun unsubscribe(afterMessages: Long = 0): Unit = subscription.unsubscribe(afterMessages)

    /**
     * Ends the subscription without losing a message, see [Subscription.drain].
     *
     * @throws dev.midge.nats.DrainTimeoutException as [Subscription.drain].
     */
    public suspend fun drain(timeout: Duration? = null): Unit = subscription.drain(timeout)

    /**
     * Returns when the subscription has ended and its collector or handler has finished, see [Subscription.awaitEnd].
     *
     * @throws dev.midge.nats.NatsException as [Subscription.awaitEnd].
     */
    public suspend fun awaitEnd(): Unit = subscription.awaitEnd()

    override suspend fun collect(collector: FlowCollector<TypedMessage<T>>) {
        subscription.collect { message -> decoding.decode(message)?.let { collector.emit(it) } }
    }

    override fun toString(): String = "Typed$subscription"
}
