package dev.midge.nats.internal.shards

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.client.CoreSubscription
import dev.midge.nats.internal.client.HoldingSubscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.inbound.GatheredWakeUps
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.FlowCollector
import java.util.concurrent.atomic.AtomicBoolean

/** What the server of one shard knows of a [FanInSubscription]. Everything is counted there, and limits are not told to the servers. */
internal class FanInPart(supervisor: ConnectionSupervisor, private val whole: FanInSubscription, subject: Subject, queueGroup: String?) :
    CoreSubscription(supervisor, subject, queueGroup, shared = null),
    HoldingSubscription,
    Signal {
    /** What the reader of this connection has received and not yet handed over: the reader's alone. */
    private val arrived = ArrayList<NatsMessage>()
    private val ended = AtomicBoolean()
    override val readerHeld = CompletableDeferred<Unit>()

    override val isActive: Boolean
        get() = !ended.get() && whole.isActive
    override val receivedMessages: Long
        get() = 0
    override val limit: Long
        get() = Long.MAX_VALUE
    override val signal: Signal
        get() = this
    override val pendingMessages: Long
        get() = 0
    override val pendingBytes: Long
        get() = 0
    override val droppedMessages: Long
        get() = 0

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        arrived.add(subjects.message(frame, subject))
        return if (arrived.size == 1) this else null
    }

    override fun wake(wakeUps: GatheredWakeUps) {
        whole.queue.deliver(arrived)
    }

    override val holdsReader: Boolean
        get() = whole.queue.holdsReader

    override suspend fun awaitRoom() {
        if (holdsReader) readerHeld.complete(Unit)
        whole.queue.awaitRoom()
    }

    override suspend fun finish() {
        interest.forget()
        close()
        whole.finish()
    }

    override suspend fun awaitEnd(): Unit = whole.awaitEnd()

    override fun close(cause: NatsException?) {
        if (ended.compareAndSet(false, true)) whole.partEnded(cause)
    }

    override fun discard() {
        whole.queue.discard()
    }

    override fun limitTo(max: Long): Boolean = error("$this counts nothing; its whole does")

    override suspend fun collect(collector: FlowCollector<NatsMessage>): Unit = error("$this is collected with the others of its whole")
}
