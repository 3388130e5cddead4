package dev.midge.nats.internal.client

import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.inbound.SubscriptionQueue
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.FlowCollector

/** A subscription whose messages wait in a queue for their one collector. */
internal class QueuedSubscription(
    supervisor: ConnectionSupervisor,
    subject: Subject,
    queueGroup: String?,
    overflow: Overflow,
    shared: SharedInterest? = null,
) : CoreSubscription(supervisor, subject, queueGroup, shared),
    HoldingSubscription,
    SubscriptionQueue.Listener {
    private val queue = SubscriptionQueue(sid, overflow, this)

    /** Whoever collects, or is to. */
    val messages = QueueCollector(queue, interest::unsubscribe)
    override val readerHeld = CompletableDeferred<Unit>()

    override val isActive: Boolean
        get() = !queue.isClosed
    override val pendingMessages: Long
        get() = queue.pendingMessages

    /** For the handler of a message, which is pending until it has returned: whether nothing waits behind that. A guess. */
    val isAtLast: Boolean
        get() = queue.pendingMessagesEstimate == 1L
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
        check(messages.claim()) { "$this is collected already; a subscription has one collector, use shareIn for more" }
        messages.collect { collector.emit(it) }
    }

    override suspend fun finish() {
        interest.forget()
        close()
        messages.finish()
    }

    override suspend fun awaitEnd(): Unit = messages.awaitEnd()

    override fun close(cause: NatsException?) {
        queue.close(cause)
        messages.closed()
    }

    override fun discard() {
        queue.discard()
        messages.closed()
    }

    override fun limitTo(max: Long): Boolean = queue.limitTo(max)

    override fun onSlowConsumer(dropped: Long) {
        supervisor.events.tell(NatsEvent.SlowConsumer(id, sid, subject.value, dropped))
    }

    override fun onEpisodeEnd(dropped: Long) {
        supervisor.events.tell(NatsEvent.MessagesDropped(id, sid, subject.value, dropped))
    }

    override fun onDropped(count: Long) {
        supervisor.inbound.dropped(count)
    }

    override fun onLimitReached() {
        interest.limitReached()
    }

    override fun onFailed(cause: NatsException) {
        interest.unsubscribe()
        messages.closed()
        ended(cause)
    }

    override fun onReaderHeld() {
        readerHeld.complete(Unit)
    }
}
