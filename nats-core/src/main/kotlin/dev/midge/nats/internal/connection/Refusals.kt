package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import dev.midge.nats.SubscriptionRefusedException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Finds the subscriptions that the server of one link has refused with an `-ERR` that names none, as it does when a limit is reached
 * (`maximum subscriptions exceeded`; the connection stays open).
 *
 * It costs nothing until that happens. A SUB is numbered when it is encoded ([RegisteredSubscription.toldAs]); a PONG confirms every SUB before its
 * PING, unless such an `-ERR` came before it. After one, those that are not confirmed are asked about, by `UNSUB sid`, `SUB sid`, `PING`: a
 * server that knew the id has room for it again, one that did not refuses it again, and an `-ERR` ahead of the PONG is about this one. Without the UNSUB
 * a server at its limit gives the same `-ERR` for an id that it knows; below it, it takes no notice of one.
 *
 * The last ones are asked about first, and no more than there were `-ERR`s, because a server that has reached its limit refuses all that
 * follows. So one that was taken is asked about only if others have left meanwhile; UNSUB and SUB are neighbours in one write, and what is
 * published by others between the two may miss a subscription that no PONG has confirmed yet. Where room has come meanwhile, the SUB succeeds
 * and the subscription lives.
 *
 * INVARIANTS
 * - The reader counts an `-ERR` in [unexplained] before the PONG of any PING behind its SUB is told to anybody.
 * - [confirmed] never passes the number of a SUB whose `-ERR` is unexplained: it grows only while none is.
 * - [isSearching] is set while a search runs, and not taken back before that has seen [unexplained] at zero, under the [lock] that guards both.
 *
 * Tested by `RefusalsSpec`, `RefusedSubscriptionsEndTypedIT` and `RefusedSubscriptionsStressSpec`.
 */
internal class Refusals(private val session: Session, private val supervisor: ConnectionSupervisor, private val scope: CoroutineScope) {
    private val registry = supervisor.registry
    private val lock = ReentrantLock()
    private var unexplained = 0
    private var isSearching = false
    private var isInUse = false
    private var search: Job? = null

    /** Guarded by [lock]. */
    private var confirmed = SubscriptionFrame.lastNumber

    /** What the next `-ERR` is about, if that is known: written when PONGs come, and read, by the reader. */
    @Volatile
    private var asked: Question? = null

    /** The link can be written to from now on. */
    fun begin() {
        lock.withLock {
            isInUse = true
            if (unexplained > 0) startSearch()
        }
    }

    /** By the reader: the server has refused a SUB, and does not say which. */
    fun onUnnamed(error: String) {
        val question = asked
        if (question != null) {
            question.refusal = error
            return
        }
        lock.withLock {
            // Another client's mistake, or a subscription that has left: nothing to look for.
            if (isInUse && !isSearching && !registry.isAnyToldAfter(confirmed)) return
            unexplained++
            if (isInUse && !isSearching) startSearch()
        }
    }

    /** By the reader: a PONG has come, and the PING was sent when the last SUB was [number]. */
    fun onPong(number: Long) {
        lock.withLock { if (unexplained == 0 && !isSearching) confirmed = maxOf(confirmed, number) }
    }

    /** Returns once it is known what the refusals until now were about. */
    suspend fun awaitSettled() {
        lock.withLock { search.takeIf { isSearching } }?.join()
    }

    private fun startSearch() {
        isSearching = true
        search = scope.launch { search() }
    }

    private suspend fun search() {
        try {
            do {
                val number = SubscriptionFrame.lastNumber
                // Behind it, all refusals of what was sent until now have been counted.
                (session.ping() ?: return).await()
                find(lock.withLock { unexplained.also { unexplained = 0 } })
            } while (!ends(number))
        } catch (e: NatsException) {
            supervisor.log.debug("the link broke while refused subscriptions were looked for: {}", e.message)
        }
    }

    private fun ends(number: Long): Boolean = lock.withLock {
        if (unexplained > 0) return false
        confirmed = maxOf(confirmed, number)
        isSearching = false
        true
    }

    private suspend fun find(refusals: Int) {
        val after = lock.withLock { confirmed }
        val suspects = registry.all().filter { it.toldAs > after && it.isWanted }.sortedByDescending { it.toldAs }
        var left = refusals
        var from = 0
        while (left > 0 && from < suspects.size) {
            val some = suspects.subList(from, minOf(from + minOf(left, AT_ONCE), suspects.size))
            left -= ask(some.mapNotNull(Question::about))
            from += some.size
        }
    }

    /** Returns how many the server refuses; these end. */
    private suspend fun ask(questions: List<Question>): Int {
        // The first PONG says that the server has answered for all that came before.
        val frames = listOf(SubscriptionFrame.Ping) + questions.flatMap { it.frames }
        val pongs = List(questions.size + 1) { CompletableDeferred<Unit>() }
        pongs.forEachIndexed { i, pong ->
            pong.invokeOnCompletion { failure ->
                asked = if (failure == null) questions.getOrNull(i) else null
            }
        }
        if (!session.pingWith(pongs, frames)) return 0
        questions.forEach { follow(it) }
        pongs.last().await()
        return questions.count { question -> question.refusal?.also { end(question.subscription, it) } != null }
    }

    /** Says again what was said to the server too early to hold for the SUB of [question]. */
    private fun follow(question: Question) {
        val subscription = question.subscription
        if (registry.sink(subscription.sid) !== subscription || !subscription.isWanted) {
            session.send(SubscriptionFrame.Unsubscribe(subscription.sid, 0))
        } else if (subscription.limit != question.limit) {
            session.send(SubscriptionFrame.Unsubscribe(subscription.sid, maxOf(1, subscription.limit - question.received)))
        }
    }

    private fun end(subscription: RegisteredSubscription, error: String) {
        if (!registry.remove(subscription.sid)) return
        subscription.onRefused(SubscriptionRefusedException(subscription.subject.value, error, subscription.queueGroup))
    }

    /** Whether the server knows [subscription]. Its messages are counted by the server from its new SUB on. */
    private class Question(val subscription: RegisteredSubscription, val received: Long, val limit: Long) {
        @Volatile
        var refusal: String? = null

        val frames: List<SubscriptionFrame> = listOfNotNull(
            SubscriptionFrame.Unsubscribe(subscription.sid, 0),
            SubscriptionFrame.Subscribe(subscription, isNew = false),
            if (limit == Long.MAX_VALUE) null else SubscriptionFrame.Unsubscribe(subscription.sid, limit - received),
            SubscriptionFrame.Ping,
        )

        companion object {
            /** `null` if it is about to end by itself. */
            fun about(subscription: RegisteredSubscription): Question? {
                val received = subscription.receivedMessages
                val limit = subscription.limit
                if (received >= limit) return null
                subscription.toldBy(received)
                return Question(subscription, received, limit)
            }
        }
    }

    private companion object {
        /** So many are asked about in one write of some ten kilobytes. */
        const val AT_ONCE = 256
    }
}
