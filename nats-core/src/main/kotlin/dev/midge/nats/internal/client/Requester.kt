package dev.midge.nats.internal.client

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsRequester
import dev.midge.nats.Reply
import dev.midge.nats.ReplySink
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.Source
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/** Sends requests and answers them. */
internal class Requester(
    private val supervisor: ConnectionSupervisor,
    private val publisher: Publisher,
    private val subscriber: Subscriber,
    private val replies: RequestMultiplexer,
) : NatsRequester {
    private val sender = RequestSender(supervisor, publisher, replies)
    private val withdraw: (Long) -> Unit = { replies.withdraw(it) }

    /** Made an object once, as those are that callers give. */
    private val defaultTimeout: Duration? = supervisor.options.timeouts.request

    // Calls what suspends in its last place alone, as that does: then none of them is an object of its own.
    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage {
        val pending = singleReply(subject, timeout)
        pending.number = tryRequest(subject, payload, headers, pending, isIdle = true)
        if (pending.number != NOT_SENT) return offReader { pending.await() }
        return exchange(pending, timeout) { publisher.publish(subject, payload, 0, payload.size, headers, it) }
    }

    override fun requestOnThread(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? {
        val pending = singleReply(subject, timeout)
        pending.number = tryRequest(subject, payload, headers, pending, isIdle = true)
        return if (pending.number == NOT_SENT) null else pending.awaitOnThread()
    }

    private fun singleReply(subject: Subject, timeout: Duration?) = SingleReply(subject, timeout ?: defaultTimeout, withdraw)

    /** See [dev.midge.nats.Seam.requestFuture]. */
    fun requestFuture(
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage>? {
        val future = FutureReply(subject, timeout ?: supervisor.options.timeouts.request, dispatcher, replies)
        future.number = tryRequest(subject, payload, headers, future, isIdle = true)
        return future.takeIf { it.number != NOT_SENT }
    }

    /** See [dev.midge.nats.Seam.tryRequest]. */
    fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long =
        tryRequest(subject, sink) { token -> sender.trySend(subject, payload, headers, token, isIdle && replies.isAlone(token)) }

    private inline fun tryRequest(subject: Subject, sink: ReplySink, trySend: (token: Long) -> Boolean): Long {
        requirePublishable(subject)
        if (!replies.isOpen) return NOT_SENT
        val token = replies.register(sink)
        withdrawing(token) { if (trySend(token)) return token }
        // Unless somebody has ended it already, and told the sink.
        return if (replies.withdraw(token)) NOT_SENT else token
    }

    /** See [dev.midge.nats.Seam.request]. */
    suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long {
        val sent = tryRequest(subject, payload, headers, sink, isIdle = false)
        if (sent != NOT_SENT) return sent
        val token = replies.register(sink)
        val left = (sink.deadline - System.nanoTime()).nanoseconds.coerceAtLeast(Duration.ZERO)
        try {
            withTimeoutOrNull(left) {
                replies.open()
                publisher.publish(subject, payload, 0, payload.size, headers, replies.replyWire(token))
            } ?: throw RequestTimeoutException(subject.value, left)
        } catch (e: NatsException) {
            // Unless the sink has been told already how it ends.
            if (replies.withdraw(token)) throw e
        } catch (e: Throwable) {
            replies.withdraw(token)
            throw e
        }
        return token
    }

    /** Runs [block], and withdraws the request with [token] if it throws: nobody waits for the reply any more. */
    private inline fun <T> withdrawing(token: Long, block: () -> T): T {
        try {
            return block()
        } catch (e: Throwable) {
            replies.withdraw(token)
            throw e
        }
    }

    override suspend fun request(subject: Subject, payload: Source, headers: Headers, timeout: Duration?): NatsMessage {
        val bytes = buffered(payload)
        val pending = singleReply(subject, timeout)
        pending.number = tryRequest(subject, pending) { token -> sender.trySend(subject, bytes, headers, token, replies.isAlone(token)) }
        if (pending.number != NOT_SENT) return offReader { pending.await() }
        return exchange(pending, timeout) { publisher.publish(subject, bytes, headers, it) }
    }

    /** Publishes a request when that is possible, and waits for the reply; waiting for the connection or for room counts for [timeout]. */
    private suspend fun exchange(pending: SingleReply, timeout: Duration?, publish: suspend (ByteArray) -> Unit): NatsMessage {
        val limit = timeout ?: supervisor.options.timeouts.request
        pending.number = replies.register(pending)
        withdrawing(pending.number) {
            withTimeoutOrNull(limit) {
                replies.open()
                publish(replies.replyWire(pending.number))
            } ?: throw RequestTimeoutException(pending.subject.value, limit)
        }
        return offReader { pending.await() }
    }

    override fun requestMany(subject: Subject, payload: ByteArray, headers: Headers, limits: RequestManyLimits): Flow<NatsMessage> =
        RequestManyFlow(supervisor, publisher, replies, subject, payload, headers, limits)

    override suspend fun respond(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> ByteArray,
    ): Subscription = responding(subject, queueGroup, handlerOptions, handler) { replyTo, answer, isLast ->
        publisher.publish(replyTo, answer, 0, answer.size, Headers.Empty, null, inPlace = isLast)
    }

    override suspend fun respondWith(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Reply,
    ): Subscription = responding(subject, queueGroup, handlerOptions, handler) { replyTo, answer, isLast ->
        publisher.publish(replyTo, buffered(answer.payload), answer.headers, null, inPlace = isLast)
    }

    private suspend fun <A> responding(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> A,
        reply: suspend (Subject, A, isLast: Boolean) -> Unit,
    ): Subscription = subscriber.subscribeWith(subject, queueGroup, null, handlerOptions) { subscription ->
        Responder(supervisor, publisher, handler) { replyTo, answer ->
            reply(
                replyTo,
                answer,
                handlerOptions.concurrency == 1 && subscription.isAtLast,
            )
        }::handle
    }

    private companion object {
        /** In place of a token, which are counted from 1. */
        const val NOT_SENT = 0L
    }
}
