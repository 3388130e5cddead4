package dev.midge.nats.internal.client

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsRequester
import dev.midge.nats.NatsStatus
import dev.midge.nats.NoRespondersException
import dev.midge.nats.Reply
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.io.Source
import kotlin.time.Duration

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
        requirePublishable(subject)
        if (!replies.isOpen) return null
        val pending = SingleReply(subject, timeout ?: supervisor.options.timeouts.request)
        val token = replies.register(pending)
        try {
            val replyTo = replies.replyWire(token)
            if (!publisher.tryPublish(subject, payload, headers, replyTo, inPlace = replies.isAlone(token))) return null
            return checked(subject, pending.awaitOnThread())
        } finally {
            replies.unregister(token)
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
        try {
            val replyTo = replies.replyWire(token)
            if (!replies.isOpen || !tryPublish(replyTo, replies.isAlone(token))) {
                withTimeoutOrNull(limit) {
                    replies.open()
                    publish(replyTo)
                } ?: throw RequestTimeoutException(subject.value, limit)
            }
            return checked(subject, offReader { pending.await() })
        } finally {
            replies.unregister(token)
        }
    }

    private fun checked(subject: Subject, reply: NatsMessage): NatsMessage {
        if (reply.statusCode == NatsStatus.NO_RESPONDERS) throw NoRespondersException(subject.value)
        ServiceErrors.of(reply)?.let { throw it }
        return reply
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
        Responder(supervisor, publisher, handler) { replyTo, answer -> reply(replyTo, answer, subscription.isAtLast) }::handle
    }
}
