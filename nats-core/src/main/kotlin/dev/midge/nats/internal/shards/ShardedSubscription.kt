package dev.midge.nats.internal.shards

import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.client.CoreSubscription
import dev.midge.nats.internal.client.SubscriptionIds
import dev.midge.nats.internal.client.requireNotHandling
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.connection.roundTrip
import dev.midge.nats.internal.pool.inParallel
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** A subscription to a wildcard in every shard. */
internal abstract class ShardedSubscription(override val subject: Subject, override val queueGroup: String?) : Subscription {
    /** One for each shard, in their order. */
    abstract val parts: List<CoreSubscription>

    final override val id: Long = SubscriptionIds.next()

    final override val sid: Long
        get() = parts.first().sid

    /** Has [end] called when a shard refuses its part, also if it has done so already. */
    protected fun endsWhenRefused(end: (NatsException) -> Unit) {
        for (part in parts) {
            part.whenRefused = end
            part.refusal?.let(end)
        }
    }

    /** Called when a drain has received the last message, or the subscription is ended. */
    protected open fun acceptNothing() = Unit

    /** Ends all parts: at their servers, and here once what was received has been handled. */
    protected fun end() {
        for (part in parts) {
            part.interest.unsubscribe()
            part.close()
        }
    }

    override suspend fun drain(timeout: Duration?) {
        requireNotHandling(this, parts)
        val limit = timeout ?: parts.first().supervisor.options.timeouts.drain
        val active = parts.filter { it.isActive }
        active.forEach { it.interest.stopDelivery() }
        val done = try {
            withTimeoutOrNull(limit) {
                active.inParallel { awaitLastDelivery(it) }
                acceptNothing()
                parts.inParallel { offReader { it.finish() } }
            }
        } catch (e: Throwable) {
            acceptNothing()
            end()
            throw e
        }
        if (done != null) return
        parts.forEach {
            it.interest.unsubscribe()
            it.discard()
        }
        throw DrainTimeoutException(
            "the subscriber of '$subject' had not handled all that was received after $limit; the rest was discarded",
            limit,
        )
    }

    /** A server that is gone delivers nothing more: the others need not wait for it. */
    private suspend fun awaitLastDelivery(part: CoreSubscription) {
        val supervisor = part.supervisor
        if (supervisor.state.value == ConnectionState.Reconnecting) return
        try {
            offReader { supervisor.roundTrip() }
        } catch (e: NatsException) {
            supervisor.log.debug("lost while '{}' was drained: {}", subject, e.message)
        }
    }

    override fun toString(): String = "Subscription(subject=$subject, queueGroup=$queueGroup, in ${parts.size} shards)"
}
