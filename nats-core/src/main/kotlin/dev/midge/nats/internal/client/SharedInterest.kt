package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.inbound.GatheredWakeUps
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.inbound.wakeAll
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/**
 * The interest in one subject of several handlers without a queue group: the server sends each message once, and it is multiplied here.
 *
 * Who shares it is in [members], and whoever closes those tells the server, or knows that it was told.
 *
 * Tested by `SharedMembersLincheckSpec` and `SharedHandlersStressSpec`.
 *
 * @param onClosed called once, when nobody can join any more.
 */
internal class SharedInterest(
    private val supervisor: ConnectionSupervisor,
    override val subject: Subject,
    onClosed: (SharedInterest) -> Unit,
) : RegisteredSubscription,
    Signal {
    private val members = SharedMembers { onClosed(this) }

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
        get() = members.hasEnded

    /** What [subscription] is to have for its interest. It gets no messages before [Membership.subscribe]. */
    fun membership(subscription: CoreSubscription): Membership = Membership(subscription)

    private fun remove(member: Membership) {
        // The registry has it also if it was closed before: a drain leaves it there to the end.
        if (members.leave(member) && supervisor.registry.remove(sid) && isWanted) unsubscribe()
    }

    private fun unsubscribe(): Unit = supervisor.send(SubscriptionFrame.Unsubscribe(sid, 0))

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        val nobodyWaits = arrived.isEmpty()
        val now = members.all
        // A message owns its payload: what one handler does to it is not to be seen by another.
        if (now.size > 1) frame.share()
        for (i in now.indices) {
            now[i].subscription.onMessage(frame, subjects)?.let(arrived::add)
        }
        return if (nobodyWaits && arrived.isNotEmpty()) this else null
    }

    override fun wake(wakeUps: GatheredWakeUps) {
        arrived.wakeAll { it.wake(wakeUps) }
    }

    override val holdsReader: Boolean
        get() = members.all.any { it.subscription.signal?.holdsReader == true }

    override suspend fun awaitRoom() {
        for (member in members.all) member.subscription.signal?.awaitRoom()
    }

    override fun toldBy(receivedBefore: Long) {
        isTold = true
    }

    override fun onConnectionClosed(cause: NatsException?) {
        members.close()
        for (member in members.all) member.subscription.onConnectionClosed(cause)
    }

    override fun onRefused(cause: NatsException) {
        members.close()
        for (member in members.all) member.subscription.onRefused(cause)
    }

    override fun stopDelivery() {
        members.close()
        stop()
    }

    private fun stop() {
        // First: a server that takes over at this moment is not told of it any more.
        isWanted = false
        unsubscribe()
    }

    override suspend fun finish(): Unit = coroutineScope { for (member in members.all) launch { member.subscription.finish() } }

    /** The part that [subscription] has in the interest. */
    inner class Membership(override val subscription: CoreSubscription) :
        SharedMember(),
        Interest {
        override val sid: Long
            get() = this@SharedInterest.sid

        /** As the first one: tells the server. */
        override suspend fun subscribe() {
            members.join(this)
            try {
                SubscribeCall(supervisor, this@SharedInterest) { isTold }.run()
            } catch (e: Throwable) {
                members.close()
                throw e
            }
        }

        /** As a further one: whether there is still something to join. */
        fun join(): Boolean {
            if (!members.join(this)) return false
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

        override fun limitReached() = unsubscribe()

        override fun stopDelivery() {
            if (members.stop(this)) stop()
        }

        override fun unsubscribe() = remove(this)

        override fun forget() = remove(this)
    }
}
