package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.inbound.SubscriptionQueue
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The one collector of a [queue].
 *
 * @param unsubscribe ends the subscription at the server.
 */
internal class QueueCollector(private val queue: SubscriptionQueue, private val unsubscribe: () -> Unit) {
    private val claimed = AtomicBoolean()

    /** Completes when the collector has ended. */
    private val ended = CompletableDeferred<Unit>()

    /** Whether what waits was forgotten. */
    val isDiscarded: Boolean
        get() = queue.isDiscarded

    /** Whether the caller is the one that may collect, now or later. */
    fun claim(): Boolean = claimed.compareAndSet(false, true)

    /**
     * Collects for the caller that has made the [claim].
     *
     * @param atEnd awaits what [emit] has left to do, once the last message was emitted.
     */
    suspend fun collect(atEnd: suspend () -> Unit = {}, emit: suspend (NatsMessage) -> Unit) {
        var taken = 0
        try {
            while (true) {
                taken = try {
                    offReader { queue.take() }
                } catch (e: NatsException) {
                    atEnd()
                    throw e
                }
                if (taken == 0) return atEnd()
                // While messages wait and the collector does not suspend, nothing else would notice a cancellation.
                currentCoroutineContext().ensureActive()
                while (taken > 0) {
                    val message = queue.next()
                    taken--
                    if (queue.isDiscarded) return atEnd()
                    emit(message)
                    queue.consumed(message)
                }
            }
        } finally {
            // Or the queue would keep them for as long as it is known.
            repeat(taken) { queue.next() }
            abandon()
        }
    }

    /** The collector has ended: nothing is left to do unless it was cancelled or threw. */
    fun abandon() {
        unsubscribe()
        queue.discard()
        ended.complete(Unit)
    }

    /** The queue was closed: if nothing waits and nobody has come to collect, that is the end. */
    fun closed() {
        if (queue.pendingMessages == 0L && !claimed.get()) ended.complete(Unit)
    }

    /** Returns at the end of the collector; throws what the queue was closed with. */
    suspend fun awaitEnd() {
        offReader { ended.await() }
        queue.closeCause?.let { throw it }
    }

    /** Returns once everything that was received has been handled; to be called when the queue is closed. */
    suspend fun finish() {
        try {
            if (queue.pendingMessages > 0L || claimed.get()) ended.join()
        } catch (e: CancellationException) {
            queue.discard()
            throw e
        }
    }
}
