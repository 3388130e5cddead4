package dev.midge.nats.internal.client

import dev.midge.nats.DrainTimeoutException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.connection.roundTrip
import dev.midge.nats.internal.inbound.MessageSink
import dev.midge.nats.internal.inbound.Signal
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** The subscription has ended because of [cause] while the connection goes on. */
internal fun ConnectionSupervisor.subscriptionEnded(subscription: Subscription, cause: NatsException) {
    log.warn("the subscription to '{}' has ended: {}", subscription.subject, cause.message)
    events.tell(NatsEvent.SubscriptionEnded(subscription.id, subscription.sid, subscription.subject.value, cause))
}

/**
 * What the kinds of subscription have in common: how they end, and their interest with the server.
 *
 * @param shared the interest that it has with others; of its own if `null`.
 */
internal abstract class CoreSubscription(
    val supervisor: ConnectionSupervisor,
    override val subject: Subject,
    override val queueGroup: String?,
    shared: SharedInterest?,
) : Subscription,
    MessageSink {
    private val membership = shared?.membership(this)
    val interest: Interest = membership ?: OwnInterest(supervisor, this)

    override val sid: Long = interest.sid

    /** That of its whole, if it is a part of one. */
    @Volatile
    final override var id: Long = SubscriptionIds.next()

    val handlerFailures = HandlerFailures(supervisor, this)

    /** Why the server has refused it, if it has. */
    @Volatile
    var refusal: NatsException? = null
        private set

    /** Told of a [refusal]; whoever sets it looks for one afterwards. */
    @Volatile
    var whenRefused: (NatsException) -> Unit = {}

    /** How many messages it takes before it ends by itself. */
    abstract val limit: Long

    /** What its reader may be held by, if that can be. */
    abstract val signal: Signal?

    /** Accepts nothing more; ends once what was received has been handled, with [cause] unless that is `null`. */
    abstract fun close(cause: NatsException? = null)

    /** Accepts nothing more and forgets what waits. */
    abstract fun discard()

    /** Whether [max] messages or more have been received already; otherwise no more than that will be. */
    protected abstract fun limitTo(max: Long): Boolean

    override suspend fun unsubscribe(afterMessages: Long) {
        require(afterMessages >= 0) { "afterMessages is $afterMessages; it counts messages" }
        if (!isActive) return
        if (afterMessages == 0L || limitTo(afterMessages)) {
            interest.unsubscribe()
            close()
        } else {
            interest.limitTo(afterMessages)
        }
    }

    override suspend fun drain(timeout: Duration?) {
        requireNotHandling(this, listOf(this))
        val limit = timeout ?: supervisor.options.timeouts.drain
        val wasActive = isActive
        if (wasActive) interest.stopDelivery()
        val done = try {
            withTimeoutOrNull(limit) {
                if (wasActive) awaitLastDelivery()
                offReader { finish() }
            }
        } catch (e: Throwable) {
            interest.forget()
            close()
            throw e
        }
        if (done != null) return
        interest.forget()
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

    /** Nothing more will come: because of [cause], or because the connection was closed in order. */
    fun onConnectionClosed(cause: NatsException?): Unit = close(cause)

    /** The server refused the subscription. */
    fun onRefused(cause: NatsException) {
        refusal = cause
        close(cause)
        ended(cause)
        whenRefused(cause)
    }

    /** It has ended before its time; nobody else may see that, as the handler of a subscription has no caller to throw to. */
    protected fun ended(cause: NatsException): Unit = supervisor.subscriptionEnded(this, cause)

    /** Second half of a drain, when nothing is under way any more: returns once everything received has been handled. */
    abstract suspend fun finish()

    /** Tells the server; once. */
    suspend fun subscribe(): Unit = interest.subscribe()

    /** Instead of [subscribe], if the server has been told by others: whether it still delivers. */
    fun join(): Boolean = checkNotNull(membership).join()

    override fun toString(): String = "Subscription(sid=$sid, subject=$subject, queueGroup=$queueGroup)"
}
