package dev.midge.nats.internal.pool

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.HandlerOptions
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow

/** Spreads subscriptions over the connections of a pool. */
internal class PooledSubscriber(private val connections: List<NatsConnection>, private val selector: ConnectionSelector) : NatsSubscriber {
    override suspend fun subscribe(subject: Subject, queueGroup: String?, overflow: Overflow?): Subscription =
        placed { it.subscribe(subject, queueGroup, overflow) }

    override suspend fun subscribe(
        subject: Subject,
        queueGroup: String?,
        overflow: Overflow?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Unit,
    ): Subscription = placed { it.subscribe(subject, queueGroup, overflow, handlerOptions, handler) }

    override suspend fun subscribeInline(subject: Subject, queueGroup: String?, handler: (NatsMessage) -> Unit): Subscription =
        placed { it.subscribeInline(subject, queueGroup, handler) }

    @DelicateNatsApi
    override suspend fun subscribeBorrowed(subject: Subject, queueGroup: String?, handler: (BorrowedMessage) -> Unit): Subscription =
        placed { it.subscribeBorrowed(subject, queueGroup, handler) }

    override fun messages(subject: Subject, queueGroup: String?, overflow: Overflow?): Flow<NatsMessage> =
        flow { emitAll(subscribe(subject, queueGroup, overflow)) }

    // A message does not say by which connection it came.
    override fun tell(event: NatsEvent.MessageNotDecoded): Unit = connections.first().tell(event)

    /** What [subscribe] makes on the connection whose turn it is, once the server knows of it. */
    suspend inline fun placed(subscribe: (NatsConnection) -> Subscription): Subscription {
        val connection = place()
        val subscription = subscribe(connection)
        confirm(connection, subscription)
        return subscription
    }

    /** The connection for a subscription. */
    fun place(): NatsConnection {
        // A connection that was never used would not refuse by itself.
        if (selector.isEnding) {
            if (connections.all { it.hasEnded }) throw ConnectionClosedException("the pool is closed")
            throw ConnectionDrainingException("the pool is ending; it takes nothing new")
        }
        return selector.forSubscription()
    }

    /** Returns once the server knows of [subscription], so that no publish by another connection can be ahead of it. */
    suspend fun confirm(connection: NatsConnection, subscription: Subscription) {
        if (connections.size > 1) SubscriptionConfirmation.await(connection, subscription)
    }
}
