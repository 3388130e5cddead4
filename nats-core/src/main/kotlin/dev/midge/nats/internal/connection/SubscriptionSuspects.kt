package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import dev.midge.nats.ServerErrorException

/**
 * Finds the subscription with which link after link breaks: a subject longer than the server's control line may be, say. The server does not
 * name it.
 *
 * What a link was told and had not taken when it broke is suspected. The next link is told everybody else first, and then the suspects in
 * groups, each when the one before was taken; that with which the link breaks is divided for the next one, until it is a single subscription.
 *
 * Used by one coroutine at a time.
 */
internal class SubscriptionSuspects(private val registry: SubscriptionRegistry) {
    /** By id, in the order in which they are told. */
    private var groups = emptyList<List<Long>>()

    /** How many links have broken with the first group, which is a single subscription. */
    private var breaks = 0

    /** What to tell a link by [resubscription]: who is not suspected, and then the suspects. */
    fun plan(resubscription: Resubscription): Pair<List<Resubscription.Part>, List<Resubscription.Part>> {
        val suspected = groups.flatMapTo(HashSet()) { it }
        val all = registry.all()
        val known = all.associateBy { it.sid }
        val parts = resubscription.parts(all.filter { it.sid !in suspected })
        return parts to groups.mapNotNull { group -> resubscription.part(group.mapNotNull(known::get)) }
    }

    /** A link has taken everybody. */
    fun clear() {
        groups = emptyList()
        breaks = 0
    }

    /**
     * A link broke, because of [cause], when it had not taken [untaken].
     *
     * @param tookOthers whether it had taken others: a link that takes nobody says nothing about anybody.
     */
    fun broke(untaken: List<Resubscription.Part>, tookOthers: Boolean, cause: NatsException) {
        val sids = untaken.flatMap { part -> part.subscriptions.map { it.sid } }
        if (sids.isEmpty()) return
        // Groups ahead of the one with which it broke were taken.
        val others = groups.drop(groups.indexOfFirst { group -> group.any(sids::contains) } + 1)
        if (sids.size > 1) {
            breaks = 0
            groups = sids.chunked((sids.size + PARTS - 1) / PARTS) + others
            return
        }
        if (groups.firstOrNull() != sids) breaks = 0
        if (tookOthers) breaks++
        groups = listOf(sids) + others
        if (breaks < MOST_BREAKS && !isRefusal(cause)) return
        breaks = 0
        groups = others
        giveUp(untaken.single().subscriptions.single(), cause)
    }

    private fun giveUp(subscription: RegisteredSubscription, cause: NatsException) {
        if (!registry.remove(subscription.sid)) return
        subscription.onRefused(cause)
    }

    /** Whether the server says that it does not take what it was sent. */
    private fun isRefusal(cause: NatsException): Boolean {
        val error = (cause.cause as? ServerErrorException)?.error ?: return false
        return REFUSALS.any { error.startsWith(it, ignoreCase = true) }
    }

    private companion object {
        /** Groups that those with which a link broke are divided into: four links find one of 50,000. */
        const val PARTS = 16

        /** With the same subscription alone, without a word of the server: the network may break two by chance. */
        const val MOST_BREAKS = 3

        /** Source: nats-server, `client.go` and `parser.go`. */
        val REFUSALS = listOf("maximum control line", "parser error", "unknown protocol")
    }
}
