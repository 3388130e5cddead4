package dev.midge.nats.internal.pool

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.FlushTimeoutException
import dev.midge.nats.NatsConnection
import dev.midge.nats.Subscription
import dev.midge.nats.internal.client.CoreSubscription
import dev.midge.nats.internal.client.HoldingSubscription
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/** How a pool knows that a subscription has reached the server. */
internal object SubscriptionConfirmation {
    /**
     * Returns once the server of [connection] has taken [subscription], or the connection is lost: the next server is told of it by the
     * registry, when it is there. A subscription whose call fails or is cancelled is ended.
     */
    suspend fun await(connection: NatsConnection, subscription: Subscription) {
        try {
            if (!connection.isLost) roundTrip(connection, subscription as? HoldingSubscription)
            (subscription as? CoreSubscription)?.refusal?.let { throw it }
        } catch (e: ConnectionLostException) {
            connection.supervisor.log.debug("lost before '{}' was confirmed: {}", subscription.subject, e.message)
        } catch (e: FlushTimeoutException) {
            if (connection.isLost) return
            subscription.unsubscribe()
            throw e
        } catch (e: Throwable) {
            subscription.unsubscribe()
            throw e
        }
    }

    /**
     * A message that has come says as much as a PONG. It may be the only one to come: a subscription that holds the reader keeps the PONG from
     * being read, and its collector begins only after this.
     */
    private suspend fun roundTrip(connection: NatsConnection, subscription: HoldingSubscription?) {
        if (subscription == null) return confirm(connection)
        coroutineScope {
            val confirming = launch(start = CoroutineStart.UNDISPATCHED) { confirm(connection) }
            val handle = subscription.readerHeld.invokeOnCompletion { confirming.cancel() }
            confirming.invokeOnCompletion { handle.dispose() }
        }
    }

    /**
     * As a flush, but what is ahead of its PING may take as long as it goes on. The PONG says that the server has answered; whether it has taken
     * everything is known a little later if it has not.
     */
    private suspend fun confirm(connection: NatsConnection) {
        val limit = connection.options.timeouts.flush
        if (!connection.confirmSubscriptions(limit)) throw FlushTimeoutException(limit)
    }
}
