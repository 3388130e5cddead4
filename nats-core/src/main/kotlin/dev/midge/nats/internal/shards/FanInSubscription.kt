package dev.midge.nats.internal.shards

import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.internal.client.QueueCollector
import dev.midge.nats.internal.client.subscriptionEnded
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.inbound.SubscriptionQueue
import kotlinx.coroutines.flow.FlowCollector
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference

/**
 * The messages of every shard in one queue, for one collector. So all that is counted and limited is so over all shards.
 *
 * INVARIANT: each part ends once; whoever ends the last one closes the queue, with the first failure of a part if there was one. Tested by
 * `FanInSubscriptionSpec`.
 *
 * @param supervisors the connections, one in each shard. The first tells of the whole subscription in its events and counters.
 */
internal class FanInSubscription(supervisors: List<ConnectionSupervisor>, subject: Subject, queueGroup: String?, overflow: Overflow) :
    ShardedSubscription(subject, queueGroup),
    SubscriptionQueue.Listener {
    override val parts: List<FanInPart> = supervisors.map { FanInPart(it, this, subject, queueGroup).also { part -> part.id = id } }
    private val teller = supervisors.first()
    private val partsLeft = AtomicInteger(parts.size)
    private val firstFailure = AtomicReference<NatsException>()
    private val messages: QueueCollector

    val queue = SubscriptionQueue(sid, overflow, this)

    init {
        messages = QueueCollector(queue, ::unsubscribeParts)
        endsWhenRefused(::partRefused)
    }

    override val isActive: Boolean
        get() = !queue.isClosed
    override val pendingMessages: Long
        get() = queue.pendingMessages
    override val pendingBytes: Long
        get() = queue.pendingBytes
    override val receivedMessages: Long
        get() = queue.receivedMessages
    override val droppedMessages: Long
        get() = queue.droppedMessages

    override suspend fun collect(collector: FlowCollector<NatsMessage>) {
        check(messages.claim()) { "$this is collected already; a subscription has one collector, use shareIn for more" }
        messages.collect { collector.emit(it) }
    }

    override suspend fun unsubscribe(afterMessages: Long) {
        require(afterMessages >= 0) { "afterMessages is $afterMessages; it counts messages" }
        if (afterMessages > 0L && !queue.limitTo(afterMessages)) return
        acceptNothing()
        end()
    }

    /** Asked to end, the Flow completes, whatever became of a part before. */
    override fun acceptNothing(): Unit = close(null)

    private fun close(cause: NatsException?) {
        queue.close(cause)
        messages.closed()
    }

    override suspend fun awaitEnd(): Unit = messages.awaitEnd()

    /** A part takes nothing more, because of [failure] unless that is `null`. */
    fun partEnded(failure: NatsException?) {
        if (failure != null) firstFailure.compareAndSet(null, failure)
        if (partsLeft.decrementAndGet() == 0) close(firstFailure.get())
    }

    /** A shard refused its part: without that the others would look like all there is. */
    fun partRefused(cause: NatsException) {
        close(cause)
        unsubscribeParts()
    }

    /** Returns once everything received has been handled, if this was the last part: otherwise the collector goes on with the others. */
    suspend fun finish() {
        if (queue.isClosed) messages.finish()
    }

    private fun unsubscribeParts() {
        parts.forEach { it.interest.unsubscribe() }
    }

    override fun onSlowConsumer(dropped: Long) {
        teller.events.tell(NatsEvent.SlowConsumer(id, sid, subject.value, dropped))
    }

    override fun onEpisodeEnd(dropped: Long) {
        teller.events.tell(NatsEvent.MessagesDropped(id, sid, subject.value, dropped))
    }

    override fun onDropped(count: Long) {
        teller.inbound.dropped(count)
    }

    // No server has counted for all.
    override fun onLimitReached(): Unit = unsubscribeParts()

    override fun onFailed(cause: NatsException) {
        unsubscribeParts()
        messages.closed()
        teller.subscriptionEnded(this, cause)
    }
}
