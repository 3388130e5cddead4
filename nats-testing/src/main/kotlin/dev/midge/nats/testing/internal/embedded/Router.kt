package dev.midge.nats.testing.internal.embedded

import java.util.Arrays
import java.util.concurrent.atomic.AtomicInteger

/**
 * Finds the subscriptions for a subject, in the bytes that it arrived in.
 *
 * Confined to the server's thread, but for [subscriptionCount].
 */
internal class Router {
    private class CachedRoute(val subject: ByteArray, val generation: Int, val route: Route)

    private val tree = SubjectTree()

    /** One route a slot; a newer subject with the same slot pushes the older one out. */
    private val cache = arrayOfNulls<CachedRoute>(CACHE_SLOTS)

    /** Counted up by every change of the subscriptions, which makes every cached route an old one. */
    private var generation = 0

    private val count = AtomicInteger()

    /** How many subscriptions there are; may be read on any thread. */
    val subscriptionCount: Int get() = count.get()

    /** Adds [subscription]; false if its subject is none that one can subscribe to. */
    fun add(subscription: Subscription): Boolean {
        val tokens = Subject.tokens(subscription.subject)
        if (!Subject.isSubscribable(tokens)) return false
        tree.add(subscription, tokens)
        count.incrementAndGet()
        generation++
        return true
    }

    fun remove(subscription: Subscription) {
        subscription.isActive = false
        tree.remove(subscription)
        count.decrementAndGet()
        generation++
    }

    /** Who gets the messages of the subject in [bytes] from [start] to [end]. */
    fun route(bytes: ByteArray, start: Int, end: Int): Route {
        val slot = slot(bytes, start, end)
        val cached = cache[slot]
        if (cached != null &&
            cached.generation == generation &&
            Arrays.equals(cached.subject, 0, cached.subject.size, bytes, start, end)
        ) {
            return cached.route
        }
        val route = tree.match(latin1(bytes, start, end))
        cache[slot] = CachedRoute(bytes.copyOfRange(start, end), generation, route)
        return route
    }

    private fun slot(bytes: ByteArray, start: Int, end: Int): Int {
        var hash = 0
        for (i in start until end) hash = HASH_FACTOR * hash + bytes[i]
        return (hash xor (hash ushr HASH_FOLD)) and (CACHE_SLOTS - 1)
    }

    private companion object {
        /** More subjects than a test has in use at once; a power of two. */
        const val CACHE_SLOTS = 4096

        const val HASH_FACTOR = 31
        const val HASH_FOLD = 16
    }
}
