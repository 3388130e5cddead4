package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsStatus
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import kotlinx.coroutines.channels.ChannelResult
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.getOrElse
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.withTimeoutOrNull

/** One request and the Flow of its replies, ended by time, number or a sentinel (ADR-47). */
internal class RequestManyFlow(
    private val supervisor: ConnectionSupervisor,
    private val publisher: Publisher,
    private val replies: RequestMultiplexer,
    private val subject: Subject,
    private val payload: ByteArray,
    private val headers: Headers,
    private val limits: RequestManyLimits,
) : Flow<NatsMessage> {
    override suspend fun collect(collector: FlowCollector<NatsMessage>) {
        requirePublishable(subject)
        val total = limits.total ?: supervisor.options.timeouts.request
        val pending = ManyReplies(subject, total, supervisor.options.overflow, replies.sid)
        val token = replies.register(pending)
        try {
            withTimeoutOrNull(total) {
                replies.open()
                publisher.publish(subject, payload, 0, payload.size, headers, replies.replyWire(token))
            } ?: throw RequestTimeoutException(subject.value, total)
            emit(pending, collector)
        } finally {
            replies.withdraw(token)
        }
    }

    private suspend fun emit(pending: ManyReplies, collector: FlowCollector<NatsMessage>) {
        var count = 0
        while (limits.maxMessages == null || count < limits.maxMessages) {
            val reply = next(pending.channel, count) ?: return
            if (count == 0 && reply.statusCode == NatsStatus.NO_RESPONDERS) throw NoRespondersException(subject.value)
            if (limits.sentinel?.invoke(reply) == true) return
            collector.emit(reply)
            pending.consumed(reply)
            count++
        }
    }

    /** The next reply, or `null` at the end of the time; throws the failure that ended the wait. */
    private suspend fun next(channel: ReceiveChannel<NatsMessage>, received: Int): NatsMessage? {
        if (limits.stall == null || received == 0) return offReader { channel.receiveCatching() }.getOrRethrow()
        return withTimeoutOrNull(limits.stall) { offReader { channel.receiveCatching() }.getOrRethrow() }
    }
}

private fun ChannelResult<NatsMessage>.getOrRethrow(): NatsMessage? = getOrElse { failure -> if (failure == null) null else throw failure }
