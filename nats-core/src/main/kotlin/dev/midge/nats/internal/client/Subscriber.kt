package dev.midge.nats.internal.client

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.HandlerOptions
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Semaphore

/** Makes subscriptions of every kind. */
internal class Subscriber(private val supervisor: ConnectionSupervisor) : NatsSubscriber {
    private val sharedInterests = SharedInterests(supervisor)

    override suspend fun subscribe(subject: Subject, queueGroup: String?, overflow: Overflow?): Subscription {
        awaitSubscribable(queueGroup)
        return QueuedSubscription(supervisor, subject, queueGroup, overflow ?: supervisor.options.overflow).also { it.subscribe() }
    }

    override suspend fun subscribe(
        subject: Subject,
        queueGroup: String?,
        overflow: Overflow?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Unit,
    ): Subscription = subscribeWith(subject, queueGroup, overflow, handlerOptions) { handler }

    /** As [subscribe], for a handler that is made for its subscription. */
    suspend fun subscribeWith(
        subject: Subject,
        queueGroup: String?,
        overflow: Overflow?,
        handlerOptions: HandlerOptions,
        handlerOf: (QueuedSubscription) -> suspend (NatsMessage) -> Unit,
    ): Subscription {
        val subscription = handled(subject, queueGroup) {
            QueuedSubscription(supervisor, subject, queueGroup, overflow ?: supervisor.options.overflow, it)
        }
        // Before the caller can drain it, or collect it itself.
        subscription.messages.claim()
        val context = (handlerOptions.dispatcher ?: supervisor.options.dispatcher) + Handling(subscription)
        val handling = supervisor.scope.launch(context) { handle(subscription, handlerOptions.concurrency, handlerOf(subscription)) }
        // A dispatcher that was shut down runs nothing.
        handling.invokeOnCompletion { subscription.messages.abandon() }
        return subscription
    }

    override suspend fun subscribeInline(subject: Subject, queueGroup: String?, handler: (NatsMessage) -> Unit): Subscription =
        inline(subject, queueGroup, InlineHandler.owning(subject, handler))

    @DelicateNatsApi
    override suspend fun subscribeBorrowed(subject: Subject, queueGroup: String?, handler: (BorrowedMessage) -> Unit): Subscription =
        inline(subject, queueGroup, InlineHandler.borrowing(subject, handler))

    private suspend fun inline(subject: Subject, queueGroup: String?, handler: InlineHandler): Subscription =
        handled(subject, queueGroup) { InlineSubscription(supervisor, subject, queueGroup, it, handler) }

    override fun messages(subject: Subject, queueGroup: String?, overflow: Overflow?): Flow<NatsMessage> =
        flow { emitAll(subscribe(subject, queueGroup, overflow)) }

    override fun tell(event: NatsEvent.MessageNotDecoded): Unit = supervisor.events.tell(event)

    /** Subscribes for a handler: members of a queue group each for themselves, since the server has to choose between them. */
    private suspend inline fun <S : CoreSubscription> handled(
        subject: Subject,
        queueGroup: String?,
        subscription: (SharedInterest?) -> S,
    ): S {
        awaitSubscribable(queueGroup)
        return if (queueGroup != null) {
            subscription(null).also { it.subscribe() }
        } else {
            sharedInterests.subscribe(subject, subscription)
        }
    }

    private suspend fun awaitSubscribable(queueGroup: String?) {
        requireQueueGroup(queueGroup)
        supervisor.awaitSubscribable()
    }

    private suspend fun handle(subscription: QueuedSubscription, concurrency: Int, handler: suspend (NatsMessage) -> Unit) {
        try {
            if (concurrency == 1) {
                subscription.messages.collect { handle(subscription, handler, it) }
            } else {
                handleSideBySide(subscription, concurrency, handler)
            }
        } catch (e: NatsException) {
            // The end of the connection or of the subscription: Closed or SubscriptionEnded has been told.
            supervisor.log.debug("the handler of '{}' ended: {}", subscription.subject, e.message)
        }
    }

    private suspend fun handleSideBySide(subscription: QueuedSubscription, concurrency: Int, handler: suspend (NatsMessage) -> Unit) {
        val free = Semaphore(concurrency)
        coroutineScope {
            val handlers = coroutineContext.job
            subscription.messages.collect(atEnd = { handlers.children.toList().joinAll() }) { message ->
                free.acquire()
                if (subscription.messages.isDiscarded) return@collect
                launch { handle(subscription, handler, message) }.invokeOnCompletion { failure ->
                    free.release()
                    // A dispatcher that takes nothing more ends it before it has begun.
                    if (failure != null && handlers.isActive) subscription.handlerFailures.failed(failure)
                }
            }
        }
    }

    private suspend fun handle(subscription: QueuedSubscription, handler: suspend (NatsMessage) -> Unit, message: NatsMessage) {
        try {
            handler(message)
        } catch (e: Throwable) {
            // A cancellation that is not this coroutine's own, such as a timeout within the handler, is a failure like any other.
            currentCoroutineContext().ensureActive()
            subscription.handlerFailures.failed(e)
        }
    }
}
