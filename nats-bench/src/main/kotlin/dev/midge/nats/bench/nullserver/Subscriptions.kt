package dev.midge.nats.bench.nullserver

import java.util.concurrent.ConcurrentHashMap

/** One SUB of a client. */
internal class NullSubscription(val wire: Wire, val sid: String, val subject: String)

/**
 * The subscriptions of all clients.
 *
 * INVARIANT: [changes] grows with each change after it was made, so that whoever found the same number before and after looking has seen
 * them all.
 */
internal class Subscriptions {
    private val bySubject = ConcurrentHashMap<String, List<NullSubscription>>()

    @Volatile
    var changes = 0
        private set

    fun add(subscription: NullSubscription) {
        bySubject.merge(subscription.subject, listOf(subscription)) { old, new -> old + new }
        changed()
    }

    fun remove(wire: Wire, sid: String? = null) {
        bySubject.keys.forEach { subject ->
            bySubject.computeIfPresent(subject) { _, all ->
                all.filterNot { it.wire === wire && (sid == null || it.sid == sid) }.takeIf { it.isNotEmpty() }
            }
        }
        changed()
    }

    /** Those of [subject], or, if it ends in `.>`, of all subjects that begin as it does; in the order of their subjects. */
    fun matching(subject: String): List<NullSubscription> {
        if (!subject.endsWith(ALL)) return bySubject[subject].orEmpty()
        val prefix = subject.removeSuffix(">")
        return bySubject.keys.filter { it.startsWith(prefix) }.sorted().flatMap { bySubject[it].orEmpty() }
    }

    @Synchronized
    private fun changed() {
        changes++
    }

    private companion object {
        const val ALL = ".>"
    }
}
