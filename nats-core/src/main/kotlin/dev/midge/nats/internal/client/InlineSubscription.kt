package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.FlowCollector

/**
 * A subscription whose handler runs on the reader, for each message as it is parsed.
 *
 * INVARIANT: no more messages are handled than were asked for, unless less was asked for afterwards; once closed none is counted or handled any
 * more. Tested by `InlineSubscriptionStressSpec`.
 */
internal class InlineSubscription(
    supervisor: ConnectionSupervisor,
    subject: Subject,
    queueGroup: String?,
    shared: SharedInterest?,
    private val handler: InlineHandler,
) : CoreSubscription(supervisor, subject, queueGroup, shared) {
    private val received = MessageCount()

    /** Completes with what ended it before its time, or `null`. */
    private val ended = CompletableDeferred<NatsException?>()

    override val isActive: Boolean
        get() = !received.isClosed
    override val receivedMessages: Long
        get() = received.count
    override val limit: Long
        get() = received.last
    override val pendingMessages: Long
        get() = 0
    override val pendingBytes: Long
        get() = 0
    override val droppedMessages: Long
        get() = 0

    override val signal: Signal?
        get() = null

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        val place = received.add()
        if (place == 0L) return null
        val isLast = received.closesAt(place)
        if (isLast) interest.limitReached()
        try {
            handler.handle(frame, subjects)
        } catch (e: Throwable) {
            // Also an Error: it must not end the reader, which serves every other subscription.
            handlerFailures.failed(e)
        }
        if (isLast) ended.complete(null)
        return null
    }

    override suspend fun collect(collector: FlowCollector<NatsMessage>): Unit =
        error("$this has a handler on the reader; there is nothing to collect")

    override suspend fun finish() {
        interest.forget()
        close()
    }

    override suspend fun awaitEnd() {
        offReader { ended.await() }?.let { throw it }
    }

    override fun discard(): Unit = close()

    override fun close(cause: NatsException?) {
        received.close()
        ended.complete(cause)
    }

    override fun limitTo(max: Long): Boolean = received.limitTo(max)
}
