package dev.midge.nats.internal.pool

import dev.midge.nats.HandlerOptions
import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsRequester
import dev.midge.nats.Reply
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.io.Source
import kotlin.time.Duration

/** Sends each request, and receives its replies, by one connection of a pool; spreads responders as other subscriptions. */
internal class PooledRequester(private val route: ConnectionRoute, private val subscriber: PooledSubscriber) : NatsRequester {
    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        route.connection(subject).request(subject, payload, headers, timeout)

    override suspend fun request(subject: Subject, payload: Source, headers: Headers, timeout: Duration?): NatsMessage =
        route.connection(subject).request(subject, payload, headers, timeout)

    override fun requestOnThread(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? =
        route.connection(subject).requestOnThread(subject, payload, headers, timeout)

    override fun requestMany(subject: Subject, payload: ByteArray, headers: Headers, limits: RequestManyLimits): Flow<NatsMessage> =
        flow { emitAll(route.connection(subject).requestMany(subject, payload, headers, limits)) }

    override suspend fun respond(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> ByteArray,
    ): Subscription = subscriber.placed { it.respond(subject, queueGroup, handlerOptions, handler) }

    override suspend fun respondWith(
        subject: Subject,
        queueGroup: String?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Reply,
    ): Subscription = subscriber.placed { it.respondWith(subject, queueGroup, handlerOptions, handler) }
}
