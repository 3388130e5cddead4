package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.ConnectionState
import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.internal.api.ConsumerApi
import dev.midge.nats.replyAddress
import dev.midge.nats.replyBytes
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.ChannelResult
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.selects.onTimeout
import kotlinx.coroutines.selects.select
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** The messages of a push consumer; each collector subscribes for itself. */
internal fun pushedMessages(source: () -> PullSource, api: ConsumerApi): Flow<JetStreamMessage> = flow {
    val from = source()
    val config = api.info(from.consumer).config
    PushRun(from, api, config).run(this)
}

/**
 * One collector of a push consumer.
 *
 * What the server says between messages waits in their queue: so a request for flow control is answered when what came before it was taken,
 * and a heartbeat is compared with what had come before it.
 */
@OptIn(InternalNatsApi::class)
private class PushRun(private val source: PullSource, private val api: ConsumerApi, private val config: ConsumerConfig) {
    private val subject = requireNotNull(config.deliverSubject) {
        "'${source.consumer}' is a consumer to be pulled from: take its messages() instead"
    }
    private val takesAcks = config.ackPolicy == AckPolicy.EXPLICIT || config.ackPolicy == AckPolicy.ALL
    private val patience: Duration = if (config.idleHeartbeat.isPositive()) config.idleHeartbeat * MISSED else SILENCE

    /** How many deliveries the consumer has counted; 0 before the first that is known. Others of a group get those that are missing. */
    private var delivered = 0L
    private var streamSequence = 0L

    suspend fun run(collector: FlowCollector<JetStreamMessage>): Unit = coroutineScope {
        val messages = source.seam.connection.messages(Subject(subject), config.deliverGroup).buffer(0).produceIn(this)
        try {
            while (true) {
                val next = next(messages)
                if (next == null) {
                    onSilence()
                } else {
                    val message = next.getOrNull() ?: return@coroutineScope next.exceptionOrNull()?.let { throw it } ?: Unit
                    if (message.status == null) deliver(message, collector) else onStatus(message)
                }
            }
        } finally {
            messages.cancel()
        }
    }

    /** What comes next, or `null` if that takes too long. Nothing that has come is lost by that. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun next(messages: ReceiveChannel<NatsMessage>): ChannelResult<NatsMessage>? = select {
        messages.onReceiveCatching { it }
        onTimeout(patience) { null }
    }

    private suspend fun deliver(raw: NatsMessage, collector: FlowCollector<JetStreamMessage>) {
        val metadata = raw.replyBytes?.let(AckSubject::parse)
        if (metadata != null) {
            noteUntil(metadata.consumerSequence - 1)
            delivered = metadata.consumerSequence
            streamSequence = metadata.streamSequence
        }
        collector.emit(source.delivered(raw, takesAcks))
    }

    private suspend fun onStatus(message: NatsMessage) {
        val stalled = message.headers[STALLED]
        val request = if (stalled == null) message.replyAddress else Subject(stalled)
        if (request != null) source.seam.connection.publish(request, NOTHING, position())
        message.headers[LAST_CONSUMER]?.toLongOrNull()?.let(::noteUntil)
    }

    /** With the ack policy `flow_control` the answer acknowledges all that was delivered. */
    private fun position(): Headers = if (config.ackPolicy == AckPolicy.FLOW_CONTROL && delivered > 0) {
        Headers.of(LAST_CONSUMER to "$delivered", LAST_STREAM to "$streamSequence")
    } else {
        Headers.Empty
    }

    /** The consumer has delivered [sequence] messages by now. */
    private fun noteUntil(sequence: Long) {
        if (config.deliverGroup == null && delivered in 1..<sequence) {
            source.events.tell(JetStreamEvent.DeliveriesMissed(source.stream, source.consumer, sequence - delivered))
            delivered = sequence
        }
    }

    private suspend fun onSilence() {
        // Without a link there is nobody to be heard.
        if (source.seam.connection.state.value != ConnectionState.Connected) return
        if (config.idleHeartbeat.isPositive()) {
            source.events.tell(JetStreamEvent.HeartbeatMissed(source.stream, source.consumer, patience))
        }
        source.whyGone()?.let { throw ConsumerEndedException(source.stream, source.consumer, it.description, it) }
        val now = try {
            api.info(source.consumer).config.deliverSubject
        } catch (_: NatsException) {
            return
        }
        if (now != subject) throw ConsumerEndedException(source.stream, source.consumer, "it does not deliver to '$subject' any more")
    }

    private companion object {
        const val STALLED = "Nats-Consumer-Stalled"
        const val LAST_CONSUMER = "Nats-Last-Consumer"
        const val LAST_STREAM = "Nats-Last-Stream"
        val NOTHING = ByteArray(0)

        /** How many heartbeats may be late. */
        const val MISSED = 2

        /** How long a consumer without heartbeats may have nothing to deliver before it is asked about. */
        val SILENCE = 30.seconds
    }
}
