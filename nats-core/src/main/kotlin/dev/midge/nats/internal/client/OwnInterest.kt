package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.connection.sent
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame

/** The interest of one [subscription] alone: the server counts its messages, too. */
internal class OwnInterest(private val supervisor: ConnectionSupervisor, private val subscription: CoreSubscription) :
    Interest,
    RegisteredSubscription {
    override val sid: Long = supervisor.registry.nextSid()
    override val subject: Subject = subscription.subject
    override val queueGroup: String? = subscription.queueGroup
    override val receivedMessages: Long
        get() = subscription.receivedMessages
    override val limit: Long
        get() = subscription.limit

    /** What the server in use does not count, once it has been told by the registry. */
    @Volatile
    private var receivedBefore = NOT_TOLD

    @Volatile
    override var toldAs: Long = 0

    @Volatile
    override var isWanted: Boolean = true
        private set

    override suspend fun subscribe() {
        SubscribeCall(supervisor, this) { receivedBefore != NOT_TOLD }.run()
    }

    override fun limitTo(max: Long) {
        unsubscribe(max - receivedBefore.coerceAtLeast(0))
    }

    override fun limitReached() {
        // The server has counted as well, unless it is another one than at the beginning, or was told again.
        if (supervisor.connects > 1 || receivedBefore != NOT_TOLD) unsubscribe() else forget()
    }

    override fun stopDelivery() {
        if (!subscription.isActive) return
        // First: a server that takes over at this moment is not told of it any more.
        isWanted = false
        unsubscribe(0)
    }

    override fun unsubscribe() {
        if (supervisor.registry.remove(sid)) unsubscribe(0)
    }

    override fun forget() {
        supervisor.registry.remove(sid)
    }

    override fun toldBy(receivedBefore: Long) {
        this.receivedBefore = receivedBefore
    }

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? = subscription.onMessage(frame, subjects)

    override fun onConnectionClosed(cause: NatsException?): Unit = subscription.onConnectionClosed(cause)

    override fun onRefused(cause: NatsException): Unit = subscription.onRefused(cause)

    override suspend fun finish(): Unit = subscription.finish()

    private fun unsubscribe(max: Long): Unit = supervisor.send(SubscriptionFrame.Unsubscribe(sid, max))

    private companion object {
        const val NOT_TOLD = -1L
    }
}

/** Says it to the link in use, if there is one. */
internal fun ConnectionSupervisor.send(frame: SubscriptionFrame) {
    wireLog.sent(frame)
    outbound.appendControl(frame.size, encode = frame::write)
}

/**
 * Enters [subscription] in the registry and sends its SUB.
 *
 * @param isTold whether the registry has spoken for it already.
 */
internal class SubscribeCall(
    private val supervisor: ConnectionSupervisor,
    private val subscription: RegisteredSubscription,
    private val isTold: () -> Boolean,
) {
    private val frame = SubscriptionFrame.Subscribe(subscription)

    /** Waits for room in the outbound buffer. A cancelled or failed call leaves nothing behind. */
    suspend fun run() {
        supervisor.register(subscription)
        try {
            while (!append()) {
                offReader { supervisor.outbound.awaitRoom(frame.size) }
                supervisor.awaitSubscribable()
            }
            // A drain that began meanwhile has sent its UNSUB already, ahead of this SUB.
            supervisor.checkNotDraining()
        } catch (e: Throwable) {
            supervisor.registry.remove(subscription.sid)
            // Or the server, which the registry may have told, would go on delivering to nobody.
            supervisor.send(SubscriptionFrame.Unsubscribe(subscription.sid, 0))
            supervisor.outbound.passOnRoom()
            throw e
        }
    }

    private fun append(): Boolean {
        val appended = supervisor.outbound.appendSubscribe(frame.size, isTold, frame::write)
        if (appended) supervisor.wireLog.sent(frame)
        return appended
    }
}
