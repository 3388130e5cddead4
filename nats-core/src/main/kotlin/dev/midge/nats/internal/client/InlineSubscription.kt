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
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * A subscription whose handler runs on the reader, for each message as it is parsed.
 *
 * INVARIANT: `received <= last`, unless [last] was set lower afterwards; once [closed] nothing is counted or handled any more. Tested by
 * `InlineSubscriptionStressSpec`.
 */
internal class InlineSubscription(
    supervisor: ConnectionSupervisor,
    subject: Subject,
    queueGroup: String?,
    shared: SharedInterest?,
    private val handler: InlineHandler,
) : CoreSubscription(supervisor, subject, queueGroup, shared) {
    /** Guards the three fields below: the reader counts, any thread may limit or close. */
    private val lock = ReentrantLock()
    private var received = 0L
    private var last = Long.MAX_VALUE
    private var closed = false

    /** Completes with what ended it before its time, or `null`. */
    private val ended = CompletableDeferred<NatsException?>()

    override val isActive: Boolean
        get() = lock.withLock { !closed }
    override val receivedMessages: Long
        get() = lock.withLock { received }
    override val limit: Long
        get() = lock.withLock { last }
    override val pendingMessages: Long
        get() = 0
    override val pendingBytes: Long
        get() = 0
    override val droppedMessages: Long
        get() = 0

    override val signal: Signal?
        get() = null

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        val isLast = lock.withLock {
            if (closed) return null
            closed = ++received >= last
            closed
        }
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
        lock.withLock { closed = true }
        ended.complete(cause)
    }

    override fun limitTo(max: Long): Boolean = lock.withLock {
        last = max
        if (received >= max) closed = true
        closed
    }
}
