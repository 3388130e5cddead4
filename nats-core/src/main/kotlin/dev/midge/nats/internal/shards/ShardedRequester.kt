package dev.midge.nats.internal.shards

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsPublisher
import dev.midge.nats.NatsRequester
import dev.midge.nats.Reply
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.client.Responder
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.io.Source
import kotlin.time.Duration

/** Sends requests to the shard of their subject; answers those to a wildcard in the shard that they come from. */
internal class ShardedRequester(private val route: ShardRoute, private val subscriber: ShardedSubscriber) : NatsRequester {
    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        route.connection(subject).request(subject, payload, headers, timeout)

    override suspend fun request(subject: Subject, payload: Source, headers: Headers, timeout: Duration?): NatsMessage =
        route.connection(subject).request(subject, payload, headers, timeout)

    override fun requestMany(subject: Subject, payload: ByteArray, headers: Headers, limits: RequestManyLimits): Flow<NatsMessage> =
        flow { emitAll(route.connection(subject).requestMany(subject, payload, headers, limits)) }

    override suspend fun respond(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> ByteArray,
    ): Subscription = subscriber.only(subject)?.respond(subject, queueGroup, handlerOptions, handler)
        ?: responding(subject, queueGroup, handlerOptions, handler) { replyTo, answer -> publish(replyTo, answer) }

    override suspend fun respondWith(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Reply,
    ): Subscription = subscriber.only(subject)?.respondWith(subject, queueGroup, handlerOptions, handler)
        ?: responding(subject, queueGroup, handlerOptions, handler) { replyTo, answer ->
            publish(replyTo, answer.payload, answer.headers)
        }

    private suspend fun <A> responding(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> A,
        reply: suspend NatsPublisher.(Subject, A) -> Unit,
    ): Subscription = subscriber.handled(subject, queueGroup, handlerOptions.concurrency) { connection, turns ->
        val responder = Responder(connection.supervisor, connection, handler) { replyTo, answer -> connection.reply(replyTo, answer) }
        connection.subscribe(subject, queueGroup, handlerOptions = handlerOptions) { request -> turns.take { responder.handle(request) } }
    }
}
