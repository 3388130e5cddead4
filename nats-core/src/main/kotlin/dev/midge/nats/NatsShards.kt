package dev.midge.nats

import dev.midge.nats.internal.client.requireNoHandlerOf
import dev.midge.nats.internal.pool.MergedEvents
import dev.midge.nats.internal.pool.MergedState
import dev.midge.nats.internal.pool.RoutedPublisher
import dev.midge.nats.internal.pool.drainAll
import dev.midge.nats.internal.pool.inParallel
import dev.midge.nats.internal.pool.living
import dev.midge.nats.internal.shards.ShardRoute
import dev.midge.nats.internal.shards.ShardedRequester
import dev.midge.nats.internal.shards.ShardedSubscriber
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlin.time.Duration

/**
 * Several groups of servers that know nothing of each other, used as one: each subject belongs to one of them, as [ShardMapping] says. For
 * more messages than one server or cluster can carry.
 *
 * **Subjects without wildcards** are published, requested, subscribed and answered in their shard, with the promises of its
 * [NatsConnectionPool]. A [publishBatch] becomes one batch for each connection that its subjects belong to: each whole or not at all; if one
 * fails the others are sent, and the first failure is thrown.
 *
 * **Wildcards** cannot be published to: [InvalidSubjectException]. A subscription to one is made in every shard, and is one [Subscription]:
 * - the messages of each shard come in their order; those of different shards come as they arrive;
 * - a Flow has one queue, and its [Overflow] is for all shards together. `Overflow.Suspend` holds the readers of all shards that deliver to
 *   it. A handler has a queue in each shard, and gets one message at a time all the same. For an inline handler the
 *   readers of all shards wait in turn;
 * - its counts are over all shards, and `unsubscribe(afterMessages)` is exact over all. No server can count for the others: what they had on
 *   the way when the last message came is dropped, and requests among it get no answer;
 * - `sid` is its id in the first shard, whose events and counters tell of the whole: slow consumers, dropped messages;
 * - when the connection to one shard ends for good, or its server refuses the subscription, the others go on. When all have ended, the
 *   Flow fails with the first of these failures;
 * - to be made, it needs every shard: it throws if one cannot be connected for the first time, or has ended, and leaves nothing behind. A
 *   shard that is reconnecting is told of it when it is back.
 *
 * **One shard down** fails its own subjects only, each call as the options of its connections say. [connect], [flush], [ping] and [drain] do
 * what they can for the others, and then throw [ShardsFailedException], which tells which have failed.
 *
 * All members may be called from any thread.
 *
 * ```
 * val nats = NatsShards(
 *     listOf(ShardGroup("nats://10.0.0.1,nats://10.0.0.2", name = "east"), ShardGroup("nats://10.0.1.1", name = "west")),
 * )
 * nats.publish("people.joe", "hello".encodeToByteArray())
 * ```
 *
 * @property mapping which subjects belong to which shard.
 * @property shards one for each group, in the order given.
 */
public class NatsShards private constructor(
    public val mapping: ShardMapping,
    public val shards: List<NatsShard>,
    private val route: ShardRoute,
    subscriber: ShardedSubscriber = ShardedSubscriber(shards, route),
) : Nats,
    NatsPublisher by RoutedPublisher(route),
    NatsSubscriber by subscriber,
    NatsRequester by ShardedRequester(route, subscriber) {
    private constructor(mapping: ShardMapping, shards: List<NatsShard>) : this(mapping, shards, ShardRoute(shards, mapping))

    /**
     * Shards on [groups], each with [poolSize] connections. Opens no socket yet.
     *
     * @param selection how the connection for a message is chosen within a shard.
     * @throws IllegalArgumentException if there is no group, two have the same name, or [poolSize] is less than 1.
     */
    @JvmOverloads
    public constructor(groups: List<ShardGroup>, poolSize: Int = 1, selection: PoolSelection = PoolSelection.BySubject) :
        this(ShardMapping(groups.map { it.name }), groups.map { NatsShard(it.name, NatsConnectionPool(it.options, poolSize, selection)) })

    private val connections: List<NatsConnection> = shards.flatMap { it.pool.connections }
    override val state: StateFlow<ConnectionState> = MergedState(connections)

    override val events: Flow<NatsEvent> = MergedEvents(connections)

    private val shardOf: Map<NatsConnection, NatsShard> =
        shards.flatMap { shard -> shard.pool.connections.map { it to shard } }.toMap()

    /**
     * The shard that [subject] belongs to, for what concerns it alone.
     *
     * @throws InvalidSubjectException if [subject] holds a wildcard.
     */
    public fun shard(subject: Subject): NatsShard = route.shard(subject)

    /** As the one with a [Subject]. */
    public fun shard(subject: String): NatsShard = shard(Subject(subject))

    override fun newInbox(): Subject = connections.first().newInbox()

    @InternalNatsApi
    override fun seam(subject: Subject): Seam = route.connection(subject).seam(subject)

    override fun stats(): NatsStats = connections.map { it.stats() }.reduce(NatsStats::plus)

    /**
     * Connects all connections that are not; returns when all are open or have failed.
     *
     * @throws ShardsFailedException if a shard could not be connected; the others have.
     */
    override suspend fun connect() {
        inEachShard { it.pool.connect() }
    }

    /** @throws ShardsFailedException if a shard could not be moved; the others have. */
    override suspend fun reconnect() {
        inEachShard { it.pool.reconnect() }
    }

    /**
     * The time of the slowest round trip to any shard, through everything that waits.
     *
     * @throws ShardsFailedException if a shard did not answer; the others have.
     */
    override suspend fun ping(timeout: Duration?): Duration = inEachShard { it.ping(timeout) }.max()

    /**
     * Ends all connections as [NatsConnection.drain] does. All stay open for publishing until the subscriptions of all have handled what was
     * received.
     *
     * @throws ShardsFailedException if a shard was not drained in time or was lost meanwhile; all are closed all the same.
     */
    override suspend fun drain(timeout: Duration?) {
        requireNoHandlerOf(connections.map { it.supervisor })
        shards.forEach { it.pool.selector.isEnding = true }
        val drained = connections.living()
        val ended = drained.drainAll(timeout)
        failures(drained.map { shardOf.getValue(it) }.zip(ended))
    }

    /** Ends all connections as [NatsConnection.close] does. Idempotent; returns when all sockets are closed. */
    override suspend fun close() {
        shards.inParallel { it.pool.close() }
    }

    private suspend fun <R> inEachShard(action: suspend (NatsShard) -> R): List<R> {
        val ended = shards.inParallel(action)
        failures(shards.zip(ended))
        return ended.map { it.getOrThrow() }
    }

    private fun failures(ended: List<Pair<NatsShard, Result<*>>>) {
        val failures = LinkedHashMap<String, NatsException>()
        for ((shard, result) in ended) {
            when (val failure = result.exceptionOrNull() ?: continue) {
                is NatsException -> failures.putIfAbsent(shard.name, failure)
                else -> throw failure
            }
        }
        if (failures.isNotEmpty()) throw ShardsFailedException(failures, shards.size)
    }

    override fun toString(): String = "NatsShards(${shards.joinToString { "${it.name}: ${it.pool.state.value}" }})"
}

/**
 * Shards on [servers], each element a group of its own (`nats://host:port[,host:port]`) with its URL as its name, with the options set by
 * [configure] and [poolSize] connections.
 *
 * @throws IllegalArgumentException if a server or an option is not valid, there is none, or two are the same.
 */
public fun NatsShards(servers: List<String>, poolSize: Int = 1, configure: NatsOptions.Builder.() -> Unit = {}): NatsShards =
    NatsShards(servers.map { ShardGroup(it, configure = configure) }, poolSize)
