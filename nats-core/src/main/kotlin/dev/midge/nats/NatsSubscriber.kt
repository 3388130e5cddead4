package dev.midge.nats

import kotlinx.coroutines.flow.Flow

/**
 * Subscribing.
 *
 * Every function here connects first if the connection is [Idle][ConnectionState.Idle], returns once SUB is queued ahead of any later
 * publish of this connection, and throws [InvalidSubjectException], [InvalidQueueGroupException], [ConnectFailedException],
 * [ConnectionDrainingException] or [ConnectionClosedException]. Members of one queue group (`queueGroup`) share the messages: each goes to
 * one of them. `overflow` says what happens when messages arrive faster than they are handled; `null` takes [NatsOptions.overflow].
 * All members may be called from any thread.
 *
 * Handlers of one subject without a queue group share one subscription of the server: it sends each message once, and every handler gets
 * it, with a payload of its own. Each still has its own limits, counters and end. What is collected, and each member of a queue group, has
 * a subscription of its own.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface NatsSubscriber {
    /** Subscribes; the result is a Flow of the messages, in the order of their arrival. */
    public suspend fun subscribe(subject: Subject, queueGroup: String? = null, overflow: Overflow? = null): Subscription

    /** As the one with a [Subject]. */
    public suspend fun subscribe(subject: String, queueGroup: String? = null, overflow: Overflow? = null): Subscription =
        subscribe(Subject(subject), queueGroup, overflow)

    /**
     * Subscribes and runs [handler] for each message, as [handlerOptions] say: one after the other, on [NatsOptions.dispatcher], by default.
     *
     * A handler that throws is reported ([NatsEvent.HandlerFailed]) and gets the next message.
     */
    public suspend fun subscribe(
        subject: Subject,
        queueGroup: String? = null,
        overflow: Overflow? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> Unit,
    ): Subscription

    /** As the one with a [Subject]. */
    public suspend fun subscribe(
        subject: String,
        queueGroup: String? = null,
        overflow: Overflow? = null,
        handlerOptions: HandlerOptions = HandlerOptions.Default,
        handler: suspend (NatsMessage) -> Unit,
    ): Subscription = subscribe(Subject(subject), queueGroup, overflow, handlerOptions, handler)

    /**
     * Subscribes and runs [handler] for each message on the coroutine that reads the socket: no queue and no hand-over, the fastest way to
     * receive.
     *
     * While the handler runs, nothing else of this connection is read: no other message, reply or PONG; nor of other connections whose sockets
     * the same thread reads, unless [NatsOptions.ownReaderThread] is set. It must return at once and never block; [tryPublish][NatsPublisher.tryPublish] is safe to call. A handler that throws is reported ([NatsEvent.HandlerFailed]).
     */
    public suspend fun subscribeInline(subject: Subject, queueGroup: String? = null, handler: (NatsMessage) -> Unit): Subscription

    /** As the one with a [Subject]. */
    public suspend fun subscribeInline(subject: String, queueGroup: String? = null, handler: (NatsMessage) -> Unit): Subscription =
        subscribeInline(Subject(subject), queueGroup, handler)

    /**
     * As [subscribeInline], and lends [handler] each message where it lies in the read buffer: no array, no object, no copy.
     *
     * What is lent is valid until the handler returns; what it keeps, it copies. See [BorrowedMessage].
     */
    @DelicateNatsApi
    public suspend fun subscribeBorrowed(subject: Subject, queueGroup: String? = null, handler: (BorrowedMessage) -> Unit): Subscription

    /** As the one with a [Subject]. */
    @DelicateNatsApi
    public suspend fun subscribeBorrowed(subject: String, queueGroup: String? = null, handler: (BorrowedMessage) -> Unit): Subscription =
        subscribeBorrowed(Subject(subject), queueGroup, handler)

    /** A cold Flow: each collector subscribes when it starts and unsubscribes when it ends. */
    public fun messages(subject: Subject, queueGroup: String? = null, overflow: Overflow? = null): Flow<NatsMessage>

    /** As the one with a [Subject]. */
    public fun messages(subject: String, queueGroup: String? = null, overflow: Overflow? = null): Flow<NatsMessage> =
        messages(Subject(subject), queueGroup, overflow)

    /** Tells [event] among those of the connection: how modules that are built on this one report. */
    @InternalNatsApi
    public fun tell(event: NatsEvent.MessageNotDecoded): Unit = Unit
}
