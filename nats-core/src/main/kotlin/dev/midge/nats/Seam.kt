package dev.midge.nats

import dev.midge.nats.internal.client.ServiceErrors
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration

/**
 * What Midge's own modules stand on beside the public API: requests that cost no coroutine, an inbox that is read in place, replies to a
 * subject as it was received, and the links of a connection, told in order with its messages.
 *
 * It belongs to one connection. [NatsOperations.seam] finds the one that carries messages to a subject, in a pool and in shards too. A module
 * keeps it for what belongs together, such as a pull and its messages, and asks for another one when that connection has ended.
 *
 * **Sinks** are called by the connection's own threads, mostly by its reader. They run a few lines. They may call what begins with `try`,
 * [withdraw] and [InboxSubscription.unsubscribe]. They neither wait nor call a user's code, and they throw nothing. To let somebody go on they
 * use the [WakeUps] that they are given: those of one read are woken together, and none of them runs on the reader.
 */
@InternalNatsApi
public interface Seam {
    /** The connection it belongs to, with its state, events and options. */
    public val connection: NatsConnection

    /**
     * How many links the connection has had. A server forgets with its link what it was asked for, such as a pull: what was sent when this
     * was lower counts no more. Sinks of an inbox are told in order, see [InboxSink.onLinkReady].
     */
    public val epoch: Long

    /** What the server in use last said of itself: version, protocol level and limits. `null` before the first connect. */
    public val server: ServerInfo?

    /** A subject for replies to this connection that nobody else uses, as [NatsOperations.newInbox]. Append `.*` to tell several replies apart. */
    public fun newInbox(): Subject

    /** What a [ReplySink] has as its deadline that waits for [timeout] from now on; `null` takes [TimeoutOptions.request]. */
    public fun deadline(timeout: Duration?): Long

    /**
     * Sends [payload] to [subject] and has [sink] take what is replied. Costs no coroutine, and no object beside the sink but what the reply
     * and its subject need.
     *
     * The sink's end is exactly one of these: its reply, [ReplySink.onTimeout], [ReplySink.onFailure], or [withdraw].
     *
     * @param isIdle whether the calling thread has nothing else to do until the reply comes: it may then write the frame to the socket itself.
     * @return the request's number, or 0 with nothing sent and no sink registered, if the connection is not open or its buffer has no room.
     * @throws PayloadTooLargeException if the server does not take that much; nothing is registered. The same goes for
     *   [HeadersNotSupportedException] and [InvalidSubjectException].
     */
    public fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean = false): Long

    /**
     * As [tryRequest], but waits for the connection and for room, until the deadline of [sink]. Either this throws, or the sink is told how it
     * ends. Cancelling the call withdraws the request.
     *
     * @throws RequestTimeoutException if the request could not be sent in time.
     * @throws NotConnectedException if the options do not let publishers wait for the next link.
     * @throws ConnectionClosedException after the end of the connection.
     */
    public suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long

    /** Forgets the request with [number]. Returns whether it was waiting; if not, its sink has been told its end, or is being told. */
    public fun withdraw(number: Long): Boolean

    /**
     * A request whose future completes on [dispatcher]; `null` with nothing sent, if there is more to wait for than the reply. Whoever completes
     * or cancels the future withdraws the request.
     */
    public fun requestFuture(
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage>?

    /**
     * Subscribes [sink] to [subject], an inbox mostly, on this connection: what is published by it afterwards finds it there. The next server is
     * told of it by itself.
     *
     * @throws ConnectionClosedException after the end of the connection; also [ConnectionDrainingException].
     */
    public suspend fun subscribe(subject: Subject, sink: InboxSink): InboxSubscription

    /**
     * Publishes [payload] to [replyTo], which has come as [replyBytes]: no [Subject] is made of it. Returns `false` with nothing sent, if the
     * connection is not open or its buffer has no room.
     *
     * @throws InvalidSubjectException if the bytes would end before their end: the server is not honest.
     * @throws PayloadTooLargeException if the server does not take that much.
     */
    public fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean

    /** As [tryReply], but waits for the connection and for room, as `publish` does. */
    public suspend fun reply(replyTo: ByteArray, payload: ByteArray)
}

/**
 * Takes the reply to a request, or several.
 *
 * One that takes a single reply is told its end once, and nothing after it. For one that [takesMany], [onTimeout] or [onFailure] may come from
 * another thread while [onReply] runs.
 */
@InternalNatsApi
public interface ReplySink {
    /** Where its request goes. If the server refuses to publish there, the request fails. */
    public val subject: Subject

    /** When to give up, by `System.nanoTime`; see [Seam.deadline]. Does not change. */
    public val deadline: Long

    /** Whether there may be more than one reply: then it waits until it is withdrawn or ended. */
    public val takesMany: Boolean
        get() = false

    /** Whether it fails when the link breaks, whatever [ReconnectOptions.failRequests] says: no reply will come by the next one. */
    public val failsWithLink: Boolean
        get() = false

    /**
     * A reply has come. Called by the reader, one reply at a time and in order.
     *
     * @param status what a server says instead of a reply, such as 404, 408, 409, 429 or 503; 0 if it is none.
     */
    public fun onReply(message: NatsMessage, status: Int)

    /** The deadline has passed. Called by the connection's timer. */
    public fun onTimeout()

    /** There will be no reply: the connection was lost or closed, or the server refuses the request. Called by any thread. */
    public fun onFailure(cause: NatsException)

    /**
     * Called by the same thread after any of the above, for all that it brought: the time to let somebody go on. Replies of several requests in
     * one read may lead to several calls.
     */
    public fun wake(wakeUps: WakeUps) {}
}

/**
 * Takes the messages of an inbox. What it is told comes in order, one call at a time: messages, and the links that they came by.
 */
@InternalNatsApi
public interface InboxSink {
    /**
     * A message has come. Its subject is not the inbox's if the server delivers what a stream holds.
     *
     * @param status what a server says, such as 100, 404, 408 or 409; 0 if it is a message like any other.
     */
    public fun onMessage(message: NatsMessage, status: Int)

    /** The link is lost with what was under way; what it delivered has been told. Messages that are published now wait for the next link. */
    public fun onLinkLost(cause: NatsException) {}

    /**
     * The connection goes on with another link, its [epoch]th: what its server was asked for before counts no more. Follows [onLinkLost], or
     * comes alone if the connection has moved without a loss; then both links deliver for a moment. Messages of the new link may be ahead of
     * this.
     */
    public fun onLinkReady(epoch: Long) {}

    /**
     * Nothing more will come: the connection has ended, or the server has refused the subscription.
     *
     * @param cause `null` if the connection was closed in order.
     */
    public fun onEnd(cause: NatsException?)

    /** As [ReplySink.wake]. */
    public fun wake(wakeUps: WakeUps) {}

    /** The connection drains and nothing more will come: returns when what has come is handled. Publishing works until then. */
    public suspend fun finish() {}
}

/** What [Seam.subscribe] has made. */
@InternalNatsApi
public interface InboxSubscription {
    /** What it is subscribed to. */
    public val subject: Subject

    /** Ends it. Its sink is told nothing more, except what the reader is telling it now. Idempotent. */
    public fun unsubscribe()
}

/** Lets those go on who have waited for what was read: together with all others of that read, in few tasks. */
@InternalNatsApi
public interface WakeUps {
    /** Unparks [thread]. */
    public fun unpark(thread: Thread)

    /** Resumes [continuation], which waits [offReader], with [outcome]. */
    public fun <T : Any> resume(continuation: CancellableContinuation<T>, outcome: T)

    /** Runs [task] on [dispatcher]. It may block, but throws nothing. */
    public fun run(task: Runnable, dispatcher: CoroutineDispatcher)
}

/**
 * Runs [block], which waits for a sink to resume it. A caller without a dispatcher would go on where it is woken, on the reader: it waits on
 * `Dispatchers.Default` instead.
 */
@InternalNatsApi
public suspend fun <T> offReader(block: suspend () -> T): T = dev.midge.nats.internal.connection.offReader { block() }

/** Where an answer is expected, as the server has sent it, or `null`. Never to be written to. */
@InternalNatsApi
public val NatsMessage.replyBytes: ByteArray?
    get() = replyWire

/**
 * The same as a subject to publish to.
 *
 * @throws InvalidSubjectException if it would end before its end: the server is not honest.
 */
@InternalNatsApi
public val NatsMessage.replyAddress: Subject?
    get() = replySubject

/**
 * The error that this reply stands for (ADR-32), or `null` if it is none.
 *
 * @throws MalformedHeadersException as [NatsMessage.headers].
 */
@InternalNatsApi
public val NatsMessage.asServiceError: ServiceErrorException?
    get() = ServiceErrors.of(this)

/** Whether the server has at least this version. What follows the numbers, as in `2.11.0-RC.1`, does not count. */
@InternalNatsApi
public fun ServerInfo.isAtLeast(major: Int, minor: Int, patch: Int = 0): Boolean {
    val own = version.removePrefix("v").split('.', '-', '+')
    val least = intArrayOf(major, minor, patch)
    for (i in least.indices) {
        val number = own.getOrNull(i)?.toIntOrNull() ?: 0
        if (number != least[i]) return number > least[i]
    }
    return true
}
