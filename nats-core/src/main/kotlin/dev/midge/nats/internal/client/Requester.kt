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
    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage = exchange(
        subject,
        timeout,
        tryPublish = { replyTo, isAlone -> publisher.tryPublish(subject, payload, headers, replyTo, inPlace = isAlone) },
        publish = { publisher.publish(subject, payload, 0, payload.size, headers, it) },
    )

    override fun requestOnThread(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? {
        val pending = SingleReply(subject, timeout ?: supervisor.options.timeouts.request)
        val token = tryRequest(subject, payload, headers, pending, isIdle = true)
        if (token == NOT_SENT) return null
        return withdrawing(token) { pending.awaitOnThread() }
    }

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
    fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long {
        requirePublishable(subject)
        if (!replies.isOpen) return NOT_SENT
        val token = replies.register(sink)
        withdrawing(token) {
            val inPlace = isIdle && replies.isAlone(token)
            if (publisher.tryPublish(subject, payload, headers, replies.replyWire(token), inPlace)) return token
        }
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
        return exchange(
            subject,
            timeout,
            tryPublish = { replyTo, isAlone -> publisher.tryPublish(subject, bytes, headers, replyTo, inPlace = isAlone) },
            publish = { publisher.publish(subject, bytes, headers, it) },
        )
    }

    /** Publishes the request, to a reply subject of its own, and waits for the reply; waiting for the connection or for room counts for [timeout]. */
    private suspend inline fun exchange(
        subject: Subject,
        timeout: Duration?,
        tryPublish: (replyTo: ByteArray, isAlone: Boolean) -> Boolean,
        crossinline publish: suspend (ByteArray) -> Unit,
    ): NatsMessage {
        requirePublishable(subject)
        val limit = timeout ?: supervisor.options.timeouts.request
        val pending = SingleReply(subject, limit)
        val token = replies.register(pending)
        return withdrawing(token) {
            val replyTo = replies.replyWire(token)
            if (!replies.isOpen || !tryPublish(replyTo, replies.isAlone(token))) {
                withTimeoutOrNull(limit) {
                    replies.open()
                    publish(replyTo)
                } ?: throw RequestTimeoutException(subject.value, limit)
            }
            offReader { pending.await() }
        }
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
