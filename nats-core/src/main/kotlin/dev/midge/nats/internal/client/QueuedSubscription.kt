package dev.midge.nats.internal.client

import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.inbound.SubscriptionQueue
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.FlowCollector
import java.util.concurrent.atomic.AtomicBoolean

/** A subscription whose messages wait in a queue for their one collector. */
internal class QueuedSubscription(
    supervisor: ConnectionSupervisor,
    subject: Subject,
    queueGroup: String?,
    overflow: Overflow,
    shared: SharedInterest? = null,
) : CoreSubscription(supervisor, subject, queueGroup, shared),
    SubscriptionQueue.Listener {
    private val queue = SubscriptionQueue(sid, overflow, this)
    private val collected = AtomicBoolean()

    /** Completes when the collector has ended. */
    private val ended = CompletableDeferred<Unit>()

    override val isActive: Boolean
        get() = !queue.isClosed
    override val pendingMessages: Long
        get() = queue.pendingMessages
    override val pendingBytes: Long
        get() = queue.pendingBytes
    override val receivedMessages: Long
        get() = queue.receivedMessages
    override val limit: Long
        get() = queue.messageLimit
    override val droppedMessages: Long
        get() = queue.droppedMessages

    override val signal: Signal
        get() = queue

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? = queue.offer(subjects.message(frame, subject))

    override suspend fun collect(collector: FlowCollector<NatsMessage>) {
        check(claim()) { "$this is collected already; a subscription has one collector, use shareIn for more" }
        collectClaimed(collector::emit)
    }

    /** Whether the caller is the one that may collect, now or later. */
    fun claim(): Boolean = collected.compareAndSet(false, true)

    /** Collects for whoever has made the [claim]. */
    suspend fun collectClaimed(emit: suspend (NatsMessage) -> Unit) {
        val batch = arrayOfNulls<NatsMessage>(SubscriptionQueue.TAKEN_AT_ONCE)
        try {
            while (true) {
                val count = offReader { queue.take(batch) }
                if (count == 0) return
                // While messages wait and the collector does not suspend, nothing else would notice a cancellation.
                currentCoroutineContext().ensureActive()
                for (i in 0 until count) {
                    val message = batch[i]!!
                    batch[i] = null
                    if (queue.isDiscarded) return
                    emit(message)
                    queue.consumed(message)
                }
            }
        } finally {
            abandon()
        }
    }

    /** The collector has ended: nothing is left to do unless it was cancelled or threw. */
    fun abandon() {
        interest.leave()
        discard()
        ended.complete(Unit)
    }

    override suspend fun finish() {
        interest.forget()
        complete()
        try {
            if (pendingMessages > 0L || collected.get()) ended.join()
        } catch (e: CancellationException) {
            discard()
            throw e
        }
    }

    override fun complete() {
        queue.close()
    }

    override fun fail(cause: NatsException) {
        queue.close(cause)
    }

    override fun discard() {
        queue.discard()
    }

    override fun limitTo(max: Long): Boolean = queue.limitTo(max)

    override fun onSlowConsumer(dropped: Long) {
        supervisor.events.tell(NatsEvent.SlowConsumer(sid, subject.value, dropped))
    }

    override fun onEpisodeEnd(dropped: Long) {
        supervisor.events.tell(NatsEvent.MessageDropped(sid, subject.value, dropped))
    }

    override fun onDropped(count: Long) {
        supervisor.inbound.dropped(count)
    }

    override fun onLimitReached() {
        interest.limitReached()
    }

    override fun onFailed() {
        interest.leave()
    }
}
