package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamMessage
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** The messages of a consumer, pulled by the plan that [plan] makes for each collector. */
@OptIn(InternalNatsApi::class)
internal fun pulledMessages(source: () -> PullSource, plan: () -> PullPlan): Flow<JetStreamMessage> = flow {
    val from = source()
    val loop = PullLoop(from, plan())
    try {
        loop.start()
        while (true) {
            val message = loop.take() as NatsMessage? ?: break
            emit(from.delivered(message))
        }
    } finally {
        giveBack(from, loop.stop())
    }
}

/** One message, or `null` if there is none in time. */
@OptIn(InternalNatsApi::class)
internal suspend fun pulledMessage(source: PullSource, plan: PullPlan): JetStreamMessage? {
    val loop = PullLoop(source, plan)
    try {
        loop.start()
        return (loop.take() as NatsMessage?)?.let(source::delivered)
    } finally {
        giveBack(source, loop.stop())
    }
}

/** What nobody takes is delivered to others now, and not only when the consumer's patience ends: as far as there is room to say so. */
@OptIn(InternalNatsApi::class)
internal fun giveBack(source: PullSource, messages: List<NatsMessage>): Unit = giveBack(messages.map(source::message))

/** As the one above, but for those of which something was said. */
internal fun giveBack(messages: List<JetStreamMessage>) {
    for (message in messages) {
        try {
            if (!message.isAcknowledged && !message.tryNak()) return
        } catch (_: NatsException) {
            return
        }
    }
}
