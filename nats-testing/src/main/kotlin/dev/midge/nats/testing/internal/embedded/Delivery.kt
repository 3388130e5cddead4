package dev.midge.nats.testing.internal.embedded

import java.util.concurrent.ThreadLocalRandom

/** Brings a message to those who subscribed to it. Confined to the server's thread. */
internal class Delivery(private val router: Router) {
    /** Delivers [publication] of [publisher]; whether anybody got it. */
    fun deliver(publication: Publication, publisher: ClientConnection): Boolean {
        val route = router.route(publication.line, publication.subjectStart, publication.subjectEnd)
        var delivered = false
        for (subscription in route.plain) {
            if (deliver(publication, publisher, subscription)) delivered = true
        }
        for (members in route.queues) {
            if (deliverToOne(publication, publisher, members)) delivered = true
        }
        return delivered
    }

    /** The subscription through which [client] would get the answer to [publication]; queue groups do not count. */
    fun subscriptionForReply(publication: Publication, client: ClientConnection): Subscription? = router
        .route(publication.line, publication.replyStart, publication.replyEnd)
        .plain
        .firstOrNull { it.client === client && it.isActive }

    private fun deliverToOne(publication: Publication, publisher: ClientConnection, members: Array<Subscription>): Boolean {
        val first = if (members.size == 1) 0 else ThreadLocalRandom.current().nextInt(members.size)
        // The chosen one may not want it, or be gone: then the next one gets it.
        for (i in members.indices) {
            if (deliver(publication, publisher, members[(first + i) % members.size])) return true
        }
        return false
    }

    private fun deliver(publication: Publication, publisher: ClientConnection, subscription: Subscription): Boolean {
        val target = subscription.client
        if (!subscription.isActive || (target === publisher && !target.session.echo)) return false
        subscription.delivered++
        target.sendMessage(publication, subscription, publisher)
        if (subscription.delivered == subscription.max && subscription.isActive) target.session.end(subscription)
        return true
    }
}
