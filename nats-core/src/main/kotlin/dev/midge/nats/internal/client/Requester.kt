package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsRequester
import dev.midge.nats.NatsStatus
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** Sends requests and answers them. */
internal class Requester(
    private val supervisor: ConnectionSupervisor,
    private val publisher: Publisher,
    private val subscriber: NatsSubscriber,
    private val replies: RequestMultiplexer,
) : NatsRequester {
    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage {
        publisher.requirePublishable(subject)
        val limit = timeout ?: supervisor.options.timeouts.request
        val pending = SingleReply(subject, limit)
        val token = replies.register(pending)
        try {
            send(subject, payload, headers, replies.replyWire(token), limit)
            return checked(subject, offReader { pending.await() })
        } finally {
            replies.unregister(token)
        }
    }

    /** Publishes the request; waiting for the connection or for room counts for its timeout. */
    private suspend fun send(subject: Subject, payload: ByteArray, headers: Headers, replyTo: ByteArray, limit: Duration) {
        if (replies.isOpen && publisher.tryPublish(subject, payload, headers, replyTo)) return
        sendWhenOpen(subject, payload, headers, replyTo, limit)
    }

    private suspend fun sendWhenOpen(subject: Subject, payload: ByteArray, headers: Headers, replyTo: ByteArray, limit: Duration) {
        withTimeoutOrNull(limit) {
            replies.open()
            publisher.publish(subject, payload, 0, payload.size, headers, replyTo)
        } ?: throw RequestTimeoutException(subject.value, limit)
    }

    private fun checked(subject: Subject, reply: NatsMessage): NatsMessage {
        if (reply.statusCode == NatsStatus.NO_RESPONDERS) throw NoRespondersException(subject.value)
        ServiceErrors.of(reply)?.let { throw it }
        return reply
    }

    override fun requestMany(subject: Subject, payload: ByteArray, headers: Headers, limits: RequestManyLimits): Flow<NatsMessage> =
        RequestManyFlow(supervisor, publisher, replies, subject, payload, headers, limits)

    override suspend fun respond(subject: Subject, queueGroup: String?, handler: suspend (NatsMessage) -> ByteArray): Subscription =
        subscriber.subscribe(subject, queueGroup, null, Responder(supervisor, publisher, handler)::handle)
}
