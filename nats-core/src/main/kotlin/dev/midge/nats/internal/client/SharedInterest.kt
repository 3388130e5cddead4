package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.inbound.wakeAll
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * The interest in one subject of several handlers without a queue group: the server sends each message once, and it is multiplied here.
 *
 * INVARIANTS (guarded by [lock])
 * - [members] holds whoever gets the messages; the array itself is never written to.
 * - Nobody joins once it [isClosed], which it is when the last member has left, wants nothing more, or was refused. It is closed in the step
 *   that finds nobody left: whoever joined in between would wait for messages that the server is told not to send.
 *
 * Tested by `SharedInterestSpec` and `SharedHandlersStressSpec`.
 *
 * @param onClosed called once, when nobody can join any more.
 */
internal class SharedInterest(
    private val supervisor: ConnectionSupervisor,
    override val subject: Subject,
    private val onClosed: (SharedInterest) -> Unit,
) : RegisteredSubscription,
    Signal {
    private val lock = ReentrantLock()

    @Volatile
    private var members = emptyArray<Membership>()
    private var isClosed = false

    @Volatile
    private var isTold = false

    @Volatile
    override var isWanted: Boolean = true
        private set

    /** Those who have messages to be woken for: the reader's alone. */
    private val arrived = ArrayList<Signal>()

    override val sid: Long = supervisor.registry.nextSid()
    override val queueGroup: String? = null

    // Every member counts for itself; the server is never asked to.
    override val receivedMessages: Long = 0
    override val limit: Long = Long.MAX_VALUE

    @Volatile
    override var toldAs: Long = 0

    /** Whether nobody can join any more. */
    val hasEnded: Boolean
        get() = lock.withLock { isClosed }

    /** What [subscription] is to have for its interest. It gets no messages before [Membership.subscribe]. */
    fun membership(subscription: CoreSubscription): Membership = Membership(subscription)

    private fun join(member: Membership): Boolean = lock.withLock {
        if (!isClosed) members += member
        !isClosed
    }

    private fun leave(member: Membership) {
        val isLast: Boolean
        val closesNow: Boolean
        lock.withLock {
            if (member !in members) return
            members = members.filter { it !== member }.toTypedArray()
            isLast = members.isEmpty()
            closesNow = isLast && closes()
        }
        if (closesNow) onClosed(this)
        // Also if it was closed before: a drain leaves it in the registry to the end.
        if (isLast && supervisor.registry.remove(sid) && isWanted) unsubscribe()
    }

    private fun unsubscribe(): Unit = supervisor.send(SubscriptionFrame.Unsubscribe(sid, 0))

    private fun close() {
        if (lock.withLock(::closes)) onClosed(this)
    }

    /** Under the [lock]: whether it is this call that closes. */
    private fun closes(): Boolean = !isClosed.also { isClosed = true }

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        val nobodyWaits = arrived.isEmpty()
        val payload = frame.payload
        val now = members
        for (i in now.indices) {
            // A message owns its payload: what one handler does to it is not to be seen by another.
            if (i > 0) frame.payload = payload.copyOf()
            now[i].subscription.onMessage(frame, subjects)?.let(arrived::add)
        }
        return if (nobodyWaits && arrived.isNotEmpty()) this else null
    }

    override fun wake() {
        arrived.wakeAll { it.wake() }
    }

    override val holdsReader: Boolean
        get() = members.any { it.subscription.signal?.holdsReader == true }

    override suspend fun awaitRoom() {
        for (member in members) member.subscription.signal?.awaitRoom()
    }

    override fun toldBy(receivedBefore: Long) {
        isTold = true
    }

    override fun onConnectionClosed(cause: NatsException?) {
        close()
        for (member in members) member.subscription.onConnectionClosed(cause)
    }

    override fun onRefused(cause: NatsException) {
        close()
        for (member in members) member.subscription.onRefused(cause)
    }

    override fun stopDelivery() {
        close()
        stop()
    }

    private fun stop() {
        // First: a server that takes over at this moment is not told of it any more.
        isWanted = false
        unsubscribe()
    }

    override suspend fun finish(): Unit = coroutineScope { for (member in members) launch { member.subscription.finish() } }

    /** The part that [subscription] has in the interest. */
    inner class Membership(val subscription: CoreSubscription) : Interest {
        private var isStopping = false

        override val sid: Long
            get() = this@SharedInterest.sid

        /** As the first one: tells the server. */
        override suspend fun subscribe() {
            join(this)
            try {
                SubscribeCall(supervisor, this@SharedInterest) { isTold }.run()
            } catch (e: Throwable) {
                close()
                throw e
            }
        }

        /** As a further one: whether there is still something to join. */
        fun join(): Boolean {
            if (!join(this)) return false
            try {
                // A drain that began before does not wait for a member that came later.
                supervisor.checkNotDraining()
            } catch (e: NatsException) {
                forget()
                throw e
            }
            return true
        }

        override fun limitTo(max: Long) = Unit

        override fun limitReached() = leave()

        override fun stopDelivery() {
            val closesNow = lock.withLock {
                isStopping = true
                members.all { it.isStopping } && closes()
            }
            if (!closesNow) return
            onClosed(this@SharedInterest)
            stop()
        }

        override fun leave() = leave(this)

        override fun forget() = leave(this)
    }
}
