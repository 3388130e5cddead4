package dev.midge.nats.internal.client

import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.connection.sent
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** What the kinds of subscription have in common: their place in the registry, and the frames SUB and UNSUB. */
internal abstract class CoreSubscription(
    protected val supervisor: ConnectionSupervisor,
    override val subject: Subject,
    override val queueGroup: String?,
) : Subscription,
    RegisteredSubscription {
    override val sid: Long = supervisor.registry.nextSid()

    /** What the server in use does not count, once it has been told by the registry. */
    @Volatile
    private var receivedBefore = NOT_TOLD

    @Volatile
    override var isWanted: Boolean = true
        protected set

    /** Accepts nothing more, and completes once what was received has been handled. */
    protected abstract fun complete()

    /** Accepts nothing more and forgets what waits. */
    protected abstract fun discard()

    /** Whether [max] messages or more have been received already; otherwise no more than that will be. */
    protected abstract fun limitTo(max: Long): Boolean

    override suspend fun unsubscribe(afterMessages: Long) {
        require(afterMessages >= 0) { "afterMessages is $afterMessages; it counts messages" }
        if (!isActive) return
        if (afterMessages == 0L || limitTo(afterMessages)) {
            leave()
            complete()
        } else {
            unsubscribeFrame(afterMessages - receivedBefore.coerceAtLeast(0))
        }
    }

    override suspend fun drain(timeout: Duration?) {
        val limit = timeout ?: supervisor.options.timeouts.drain
        val wasActive = isActive
        stopDelivery()
        val done = try {
            withTimeoutOrNull(limit) {
                if (wasActive) awaitLastDelivery()
                offReader { finish() }
            }
        } catch (e: Throwable) {
            supervisor.registry.remove(sid)
            complete()
            throw e
        }
        if (done != null) return
        supervisor.registry.remove(sid)
        discard()
        throw DrainTimeoutException(
            "the subscriber of '$subject' had not handled all that was received after $limit; the rest was discarded",
            limit,
        )
    }

    private suspend fun awaitLastDelivery() {
        try {
            offReader { supervisor.roundTrip() }
        } catch (e: NatsException) {
            // A server that is gone delivers nothing more either.
            supervisor.checkNotLost()
        }
    }

    override fun stopDelivery() {
        if (!isActive) return
        // First: a server that takes over at this moment is not told of it any more.
        isWanted = false
        unsubscribeFrame(0)
    }

    override fun toldBy(receivedBefore: Long) {
        this.receivedBefore = receivedBefore
    }

    override fun onConnectionClosed(cause: NatsException?) {
        if (cause == null) complete() else fail(cause)
    }

    override fun onRefused(cause: NatsException) {
        fail(cause)
    }

    /** Accepts nothing more, and fails with [cause] once what was received has been handled. */
    protected abstract fun fail(cause: NatsException)

    /** The last message that was asked for has come. */
    protected fun limitReached() {
        // The server has counted as well, unless it is another one than at the beginning.
        if (supervisor.connects > 1) leave() else supervisor.registry.remove(sid)
    }

    /** Leaves the registry and tells the server, unless that has happened before. */
    protected fun leave() {
        if (supervisor.registry.remove(sid)) unsubscribeFrame(0)
    }

    /** Sends SUB, waiting for room in the outbound buffer. A cancelled or failed call leaves nothing behind. */
    suspend fun subscribe() {
        supervisor.register(this)
        try {
            val frame = SubscriptionFrame.Subscribe(this)
            while (!append(frame)) {
                offReader { supervisor.outbound.awaitRoom(frame.size) }
                supervisor.awaitSubscribable()
            }
            // A drain that began meanwhile has sent its UNSUB already, ahead of this SUB.
            supervisor.checkNotDraining()
        } catch (e: Throwable) {
            supervisor.registry.remove(sid)
            // Or the server, which the registry may have told, would go on delivering to nobody.
            unsubscribeFrame(0)
            throw e
        }
    }

    private fun append(frame: SubscriptionFrame.Subscribe): Boolean {
        val appended = supervisor.outbound.appendSubscribe(frame.size, { receivedBefore != NOT_TOLD }, frame::write)
        if (appended) supervisor.wireLog.sent(frame)
        return appended
    }

    private fun unsubscribeFrame(maxMessages: Long) {
        val frame = SubscriptionFrame.Unsubscribe(sid, maxMessages)
        supervisor.wireLog.sent(frame)
        supervisor.outbound.appendControl(frame.size, encode = frame::write)
    }

    private companion object {
        const val NOT_TOLD = -1L
    }

    override fun toString(): String = "Subscription(sid=$sid, subject=$subject, queueGroup=$queueGroup)"
}
