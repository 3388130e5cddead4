package dev.midge.nats.internal.client

import dev.midge.nats.InboxSink
import dev.midge.nats.InboxSubscription
import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.inbound.GatheredWakeUps
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame
import kotlin.concurrent.withLock

/** A subscription whose messages go to the [sink] of a module, on the reader. */
internal class SinkSubscription(private val supervisor: ConnectionSupervisor, override val subject: Subject, private val sink: InboxSink) :
    InboxSubscription,
    RegisteredSubscription,
    Signal {
    override val sid: Long = supervisor.registry.nextSid()
    override val queueGroup: String? = null

    // The server is never asked to count.
    override val receivedMessages: Long = 0
    override val limit: Long = Long.MAX_VALUE

    @Volatile
    override var toldAs: Long = 0

    @Volatile
    private var isTold = false

    @Volatile
    override var isWanted: Boolean = true
        private set

    @Volatile
    private var hasEnded = false

    /** Whether the reader wakes whom the sink names at the end of this read: the reader's alone. */
    private var hasArrived = false

    suspend fun subscribe() {
        SubscribeCall(supervisor, this) { isTold }.run()
    }

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        if (hasEnded) return null
        val message = subjects.message(frame, subject)
        sink.onMessage(message, message.statusCode)
        if (hasArrived) return null
        hasArrived = true
        return this
    }

    override fun wake(wakeUps: GatheredWakeUps) {
        if (!hasArrived) return
        hasArrived = false
        sink.wake(wakeUps)
    }

    override val holdsReader: Boolean
        get() = false

    override suspend fun awaitRoom() = Unit

    override fun toldBy(receivedBefore: Long) {
        isTold = true
    }

    override fun onLinkLost(cause: NatsException): Unit = telling { sink.onLinkLost(cause) }

    override fun onLinkReady(epoch: Long): Unit = telling { sink.onLinkReady(epoch) }

    override fun onConnectionClosed(cause: NatsException?): Unit = end(cause)

    override fun onRefused(cause: NatsException): Unit = end(cause)

    private fun end(cause: NatsException?): Unit = telling {
        hasEnded = true
        sink.onEnd(cause)
    }

    /** Under the lock of the readers: what a sink is told comes one at a time, and in order. */
    private inline fun telling(tell: () -> Unit) {
        val wakeUps = GatheredWakeUps()
        supervisor.delivery.withLock {
            if (hasEnded) return
            tell()
            sink.wake(wakeUps)
        }
        wakeUps.wake()
    }

    override fun stopDelivery() {
        // First: a server that takes over at this moment is not told of it any more.
        isWanted = false
        supervisor.send(SubscriptionFrame.Unsubscribe(sid, 0))
    }

    override suspend fun finish() {
        sink.finish()
        if (supervisor.registry.remove(sid)) end(null)
    }

    override fun unsubscribe() {
        hasEnded = true
        if (supervisor.registry.remove(sid) && isWanted) supervisor.send(SubscriptionFrame.Unsubscribe(sid, 0))
    }
}
