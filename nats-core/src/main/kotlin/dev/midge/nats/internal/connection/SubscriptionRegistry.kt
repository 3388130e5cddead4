package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.internal.inbound.MessageSink
import dev.midge.nats.internal.inbound.SinkTable
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

/** A subscription as the server knows it. */
internal interface RegisteredSubscription : MessageSink {
    val sid: Long
    val subject: Subject
    val queueGroup: String?
    val receivedMessages: Long

    /** How many messages it takes before it ends by itself. */
    val limit: Long

    /** Whether it wants more: `false` once it drains. */
    val isWanted: Boolean

    /** The number of its last SUB, in the order in which they were encoded; 0 before the first. */
    var toldAs: Long

    /** The server in use has been told of it by the registry, and does not count the [receivedBefore] messages that came before. */
    fun toldBy(receivedBefore: Long)

    /** The link is lost because of [cause]; what it delivered has come. */
    fun onLinkLost(cause: NatsException) = Unit

    /** The connection goes on with its [epoch]th link. */
    fun onLinkReady(epoch: Long) = Unit

    /** Nothing more will come: because of [cause], or because the connection was closed in order. */
    fun onConnectionClosed(cause: NatsException?)

    /** The server refused the subscription. */
    fun onRefused(cause: NatsException)

    /** First half of a drain: asks the server to deliver nothing more. */
    fun stopDelivery()

    /** Second half of a drain, when nothing is under way any more: returns once everything received has been handled. */
    suspend fun finish()
}

/**
 * All subscriptions that the server may deliver to, by id: what the dispatcher looks up and what a new connection subscribes again.
 *
 * INVARIANT: whoever takes a subscription out of [bySid] ends it, and nobody else does. Tested by `SubscriptionRegistryLincheckSpec`.
 */
internal class SubscriptionRegistry : SinkTable {
    private val bySid = ConcurrentHashMap<Long, RegisteredSubscription>()
    private val lastSid = AtomicLong()

    val size: Int
        get() = bySid.size

    /** A subscription id that was never used on this connection. */
    fun nextSid(): Long = lastSid.incrementAndGet()

    fun add(subscription: RegisteredSubscription) {
        bySid[subscription.sid] = subscription
    }

    /** Whether it was there. */
    fun remove(sid: Long): Boolean = bySid.remove(sid) != null

    override fun sink(sid: Long): MessageSink? = bySid[sid]

    /** By a copy: `sortedBy` trusts the size of the collection, which a concurrent [remove] makes wrong. */
    fun all(): List<RegisteredSubscription> = ArrayList(bySid.values).apply { sortBy { it.sid } }

    /** Whether the server in use may not have answered for somebody's SUB, if it has for that with [number]. */
    fun isAnyToldAfter(number: Long): Boolean = bySid.values.any { it.toldAs > number }

    /** The server has refused those whom [refusal] names, which may be several: it names the id only of whom it had taken before. */
    fun refuse(refusal: NamedRefusal) {
        for (subscription in all()) {
            if (refusal.concerns(subscription) && remove(subscription.sid)) subscription.onRefused(refusal.cause(subscription))
        }
    }

    fun close(cause: NatsException?) {
        for (subscription in all()) {
            if (remove(subscription.sid)) subscription.onConnectionClosed(cause)
        }
    }
}
