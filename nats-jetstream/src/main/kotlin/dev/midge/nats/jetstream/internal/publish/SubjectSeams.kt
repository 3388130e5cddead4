package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOperations
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import java.util.concurrent.ConcurrentHashMap

/**
 * Which connection carries the messages to a subject: the same one as long as any of them is under way. A pool may choose another one for
 * each, and one connection does not wait for the other. Safe to share between threads.
 *
 * INVARIANT: [known] has an entry for each subject that was taken more often than released, with how often: no more than the window.
 */
@OptIn(InternalNatsApi::class)
internal class SubjectSeams(private val nats: NatsOperations) {
    private class Taken(val seam: Seam, val times: Int)

    private val known = ConcurrentHashMap<Subject, Taken>()

    /** Of one connection there is nothing to choose. */
    private val isOne = nats is NatsConnection

    fun take(subject: Subject): Seam {
        if (isOne) return nats.seam(subject)
        return checkNotNull(known.compute(subject) { _, it -> Taken(it?.seam ?: nats.seam(subject), (it?.times ?: 0) + 1) }).seam
    }

    /** One that was taken is not under way any more. */
    fun release(subject: Subject) {
        if (isOne) return
        known.computeIfPresent(subject) { _, it -> if (it.times == 1) null else Taken(it.seam, it.times - 1) }
    }
}
