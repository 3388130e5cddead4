package dev.midge.nats.internal.shards

import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.client.CoreSubscription
import dev.midge.nats.internal.pool.inParallel
import dev.midge.nats.internal.pool.throwFirst
import kotlinx.coroutines.flow.FlowCollector

/**
 * The subscriptions of one handler, one in each shard with what it needs of its own: a queue, a connection to reply by.
 *
 * @param turns what the handler of every part asks before it handles a message.
 */
internal class HandledSubscription(
    subject: Subject,
    queueGroup: String?,
    override val parts: List<CoreSubscription>,
    private val turns: HandlerTurns,
) : ShardedSubscription(subject, queueGroup) {
    init {
        parts.forEach { it.id = id }
        turns.onLast = ::end
        endsWhenRefused { end() }
    }

    override val isActive: Boolean
        get() = parts.any { it.isActive }
    override val pendingMessages: Long
        get() = parts.sumOf { it.pendingMessages }
    override val pendingBytes: Long
        get() = parts.sumOf { it.pendingBytes }
    override val receivedMessages: Long
        get() = parts.sumOf { it.receivedMessages }
    override val droppedMessages: Long
        get() = parts.sumOf { it.droppedMessages }

    override suspend fun unsubscribe(afterMessages: Long) {
        require(afterMessages >= 0) { "afterMessages is $afterMessages; it counts messages" }
        if (afterMessages == 0L || receivedMessages >= afterMessages) {
            end()
        } else if (turns.limitTo(afterMessages)) {
            end()
        }
    }

    override suspend fun awaitEnd() {
        parts.inParallel { it.awaitEnd() }.throwFirst()
    }

    override suspend fun collect(collector: FlowCollector<NatsMessage>): Unit = error("$this has a handler; there is nothing to collect")
}
