package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.internal.Timers
import kotlin.time.Duration.Companion.milliseconds

/**
 * Publishers that are not read from because they are ahead of a subscriber, until that one has caught up. It makes a publisher keep pace
 * with subscribers that read. One that has not read anything for [PATIENCE] is waited for no longer: it runs full and is cut off.
 * Confined to the server's thread.
 */
internal class StalledPublishers(private val timers: Timers) {
    /** Who waits, and for whom. */
    private val subscriberOf = LinkedHashMap<ClientConnection, ClientConnection>()

    fun add(publisher: ClientConnection, subscriber: ClientConnection) {
        subscriberOf[publisher] = subscriber
        giveUpLater(publisher, subscriber, subscriber.sentBytes)
    }

    fun remove(publisher: ClientConnection) {
        subscriberOf.remove(publisher)
    }

    /** [subscriber] has caught up, or is gone. */
    fun resume(subscriber: ClientConnection) {
        if (subscriberOf.isEmpty()) return
        val publishers = subscriberOf.filterValues { it === subscriber }.keys
        subscriberOf -= publishers
        publishers.forEach { it.resumeReading() }
    }

    private fun giveUpLater(publisher: ClientConnection, subscriber: ClientConnection, sentBefore: Long) {
        timers.schedule(PATIENCE) {
            if (subscriberOf[publisher] !== subscriber) return@schedule
            if (subscriber.sentBytes > sentBefore) {
                giveUpLater(publisher, subscriber, subscriber.sentBytes)
            } else {
                subscriber.isStuck = true
                resume(subscriber)
            }
        }
    }

    private companion object {
        /** A slow reader empties a part of the sockets' buffers, some megabytes, before the server notices; 10 MB/s is slow. */
        val PATIENCE = 250.milliseconds
    }
}
