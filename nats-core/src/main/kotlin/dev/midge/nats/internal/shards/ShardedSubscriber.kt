package dev.midge.nats.internal.shards

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.HandlerOptions
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsShard
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.internal.client.CoreSubscription
import dev.midge.nats.internal.client.requireQueueGroup
import dev.midge.nats.internal.pool.inParallel
import dev.midge.nats.internal.pool.throwFirst
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentLinkedQueue

/** Subscribes in the shard of a subject, and to a wildcard in all of them. */
internal class ShardedSubscriber(private val shards: List<NatsShard>, private val route: ShardRoute) : NatsSubscriber {
    override suspend fun subscribe(subject: Subject, queueGroup: String?, overflow: Overflow?): Subscription =
        only(subject)?.subscribe(subject, queueGroup, overflow) ?: fanIn(subject, queueGroup, overflow)

    override suspend fun subscribe(
        subject: Subject,
        queueGroup: String?,
        overflow: Overflow?,
        handlerOptions: HandlerOptions,
        handler: suspend (NatsMessage) -> Unit,
    ): Subscription = only(subject)?.subscribe(subject, queueGroup, overflow, handlerOptions, handler)
        ?: handled(subject, queueGroup, handlerOptions.concurrency) { connection, turns ->
            connection.subscribe(subject, queueGroup, overflow, handlerOptions) { turns.take { handler(it) } }
        }

    override suspend fun subscribeInline(subject: Subject, queueGroup: String?, handler: (NatsMessage) -> Unit): Subscription =
        only(subject)?.subscribeInline(subject, queueGroup, handler)
            ?: handled(subject, queueGroup, 1) { connection, turns ->
                connection.subscribeInline(subject, queueGroup) { turns.takeInline { handler(it) } }
            }

    @DelicateNatsApi
    override suspend fun subscribeBorrowed(subject: Subject, queueGroup: String?, handler: (BorrowedMessage) -> Unit): Subscription =
        only(subject)?.subscribeBorrowed(subject, queueGroup, handler)
            ?: handled(subject, queueGroup, 1) { connection, turns ->
                connection.subscribeBorrowed(subject, queueGroup) { turns.takeInline { handler(it) } }
            }

    override fun messages(subject: Subject, queueGroup: String?, overflow: Overflow?): Flow<NatsMessage> =
        flow { emitAll(subscribe(subject, queueGroup, overflow)) }

    override fun tell(event: NatsEvent.MessageNotDecoded): Unit = holding(event.subject).tell(event)

    /** The shard that a message on [subject] came by; the first one for a subject that no client of this kind would publish to. */
    private fun holding(subject: String): NatsShard = try {
        only(Subject(subject))
    } catch (e: InvalidSubjectException) {
        null
    } ?: shards.first()

    /** The shard that holds all that [subject] can match, or `null` if every shard may hold some of it. */
    fun only(subject: Subject): NatsShard? = when {
        shards.size == 1 -> shards[0]
        subject.isWildcard -> null
        else -> route.shard(subject)
    }

    private suspend fun fanIn(subject: Subject, queueGroup: String?, overflow: Overflow?): Subscription {
        requireQueueGroup(queueGroup)
        val places = shards.map { it.pool.subscriber.place() }
        places.inParallel { it.supervisor.awaitSubscribable() }.throwFirst()
        val whole = FanInSubscription(places.map { it.supervisor }, subject, queueGroup, overflow ?: places.first().options.overflow)
        try {
            whole.parts.inParallel { it.subscribe() }.throwFirst()
            shards.indices.toList().inParallel { shards[it].pool.subscriber.confirm(places[it], whole.parts[it]) }.throwFirst()
        } catch (e: Throwable) {
            whole.unsubscribe()
            throw e
        }
        return whole
    }

    /** What [subscribe] makes in each shard, as one; all or none. */
    suspend fun handled(
        subject: Subject,
        queueGroup: String?,
        concurrency: Int,
        subscribe: suspend (NatsConnection, HandlerTurns) -> Subscription,
    ): Subscription {
        val turns = HandlerTurns(concurrency)
        val made = ConcurrentLinkedQueue<Subscription>()
        try {
            val parts = shards.inParallel { shard -> shard.pool.subscriber.placed { subscribe(it, turns).also(made::add) } }
            parts.throwFirst()
            return HandledSubscription(subject, queueGroup, parts.map { it.getOrThrow() as CoreSubscription }, turns)
        } catch (e: Throwable) {
            withContext(NonCancellable) { made.forEach { it.unsubscribe() } }
            throw e
        }
    }
}
