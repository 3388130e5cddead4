package dev.midge.nats.internal.client

import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import java.util.concurrent.ConcurrentHashMap

/**
 * Finds the interest that a further handler of a subject may share.
 *
 * INVARIANT: an interest is in [bySubject] only after its SUB was queued, so that whoever finds it is delivered to at once.
 */
internal class SharedInterests(private val supervisor: ConnectionSupervisor) {
    private val bySubject = ConcurrentHashMap<String, SharedInterest>()

    /** Subscribes what [subscription] makes, together with others to [subject] if there are any. */
    suspend inline fun <S : CoreSubscription> subscribe(subject: Subject, subscription: (SharedInterest) -> S): S {
        val joined = bySubject[subject.value]?.let(subscription)
        if (joined != null && joined.join()) return joined
        val shared = SharedInterest(supervisor, subject) { bySubject.remove(subject.value, it) }
        val first = subscription(shared)
        first.subscribe()
        publish(shared)
        return first
    }

    /** Two that were first at the same time keep an interest each; the later one is shared from now on. */
    private fun publish(shared: SharedInterest) {
        bySubject[shared.subject.value] = shared
        // It may have ended before it was to be found.
        if (shared.hasEnded) bySubject.remove(shared.subject.value, shared)
    }
}
