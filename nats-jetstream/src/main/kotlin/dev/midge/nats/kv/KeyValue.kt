package dev.midge.nats.kv

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.kv.internal.BucketCatalog
import dev.midge.nats.kv.internal.BucketRef
import dev.midge.nats.kv.internal.Entries
import dev.midge.nats.kv.internal.Keys
import dev.midge.nats.kv.internal.MarkerSweep
import dev.midge.nats.kv.internal.Watching
import dev.midge.nats.kv.internal.Writes
import dev.midge.nats.serialization.ValueCodec
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.flow
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/**
 * One bucket of keys with values of one type, by its name. A handle: the bucket may be made, changed or deleted by anybody meanwhile, and
 * with another type it is another handle. All members may be called from any thread.
 *
 * Every member throws [BucketNotFoundException] if there is no such bucket, [IllegalArgumentException] for what is no key, and what
 * [KeyValueException] and [dev.midge.nats.jetstream.JetStreamException] list. Writing throws as [JetStream.publish] does, and what the
 * codec throws if a value does not encode; reading throws [UndecodableEntryException] if what is there is no value of this type.
 *
 * Values are read from any server that keeps the bucket, mirrors included: fast, but what was written a moment ago may not be seen yet, nor
 * what was deleted be gone. `consistent` asks the leader; for a mirror that of its origin, where writes go.
 * Whether the bucket is a mirror, and of what, is asked for once: if a bucket that is none takes the place of a mirror, or the other way
 * round, a handle may go on with the old place until it finds nothing there. Take a new one then.
 *
 * Source: ADR-8.
 */
@OptIn(InternalNatsApi::class)
public class KeyValue<T : Any> internal constructor(
    private val jetStream: JetStream,
    /** Its name. */
    @get:JvmName("bucket") public val bucket: String,
    private val codec: ValueCodec<T>,
    private val keyCodec: KeyCodec,
) {
    private val keys = Keys(keyCodec)
    private val ref = BucketRef(jetStream, bucket)
    private val writes = Writes(ref, codec.headers(Headers.Empty))
    private val entries = Entries(bucket, keys) { codec.decode(it) }
    private val watching = Watching(ref, entries)
    private val watchingKeys = Watching(ref, Entries.ofSizes(bucket, keys))

    /** The bucket as it is now. It answers also while the bucket has no leader: no proof of health. */
    public suspend fun status(): KeyValueStatus = BucketCatalog(jetStream).status(bucket)

    /** The value of [key], or `null` if it has none. */
    public suspend fun get(key: String, consistent: Boolean = false): KeyValueEntry<T>? {
        val stored = keys.stored(key)
        return ref.reaching { ref.place().last(stored, consistent) }?.let { entries.entry(key, it) }
    }

    /** The value that [key] has or had by [revision]; `null` if that is none of it, none any more, or no value. */
    public suspend fun get(key: String, revision: Long, consistent: Boolean = false): KeyValueEntry<T>? {
        requireRevision(revision)
        val stored = keys.stored(key)
        val found = ref.reaching { ref.place().atRevision(stored, revision, consistent) }
        return found?.let { entries.entry(key, it) }
    }

    /**
     * The values of [keys], as far as they have one; cold.
     *
     * Up to 1,000 keys with up to 32 MiB of values are one request: as the bucket was at one moment, and by the order of their revisions.
     * With more, what is written meanwhile may come newer and at the end; a key that has not come is then asked for by itself. Before
     * nats-server 2.11 each key is one request, and they are not of one moment.
     */
    public fun getAll(keys: Collection<String>): Flow<KeyValueEntry<T>> {
        val byStored = keys.associateBy(this.keys::stored)
        return flow {
            val place = ref.place()
            place.lastOf(byStored.keys.toList()).collect { message -> entries.entry(place.prefix, message, byStored)?.let { emit(it) } }
        }.catch { throw ref.flowFailure(it) }
    }

    /** Sets [key] to [value], whatever it was. Returns the revision. */
    public suspend fun put(key: String, value: T): Long = writes.put(keys.stored(key), codec.encode(value))

    /**
     * Sets [key] to [value] if it has none, be it deleted. Returns the revision. One of any number of callers succeeds, and knows it even
     * if the answer was lost with the connection.
     *
     * @param timeToLive how long the value stays, in whole seconds, at least one; `null` as the bucket has it. Needs nats-server 2.11 and
     *   [KeyValueConfig.allowKeyTtl].
     * @throws KeyExistsException if it has a value.
     * @throws WrongRevisionException if others create and delete it all the time.
     * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server is too old for [timeToLive]; nothing is sent.
     * @throws dev.midge.nats.jetstream.FeatureNotEnabledException if the bucket does not allow it; nothing is sent.
     */
    public suspend fun create(key: String, value: T, timeToLive: Duration? = null): Long =
        writes.create(key, keys.stored(key), codec.encode(value), timeToLive)

    /**
     * Sets [key] to [value] if its last revision is [revision], which may be that of its deletion. Returns the new one.
     *
     * @throws WrongRevisionException if it is another one.
     */
    public suspend fun update(key: String, value: T, revision: Long): Long {
        requireRevision(revision)
        return writes.update(key, keys.stored(key), codec.encode(value), revision)
    }

    /**
     * Sets [key] to what [change] makes of its value, or of `null` if it has none, with nobody else's write between. Returns the revision.
     *
     * When somebody was faster it reads again, from the leader, and calls [change] again: until it succeeds, [change] throws, or it is
     * cancelled. Somebody has always succeeded then, so that all together get on.
     */
    public suspend fun compareAndSet(key: String, change: suspend (old: T?) -> T): Long = writes.compareAndSet(keys.stored(key)) { last ->
        codec.encode(change(last?.let { entries.entry(key, it) }?.value))
    }

    /**
     * Takes the value of [key] away; its history stays. Returns the revision of that.
     *
     * @param revision the last revision that the key has to have; `null` for any.
     * @throws WrongRevisionException if it has another one.
     */
    public suspend fun delete(key: String, revision: Long? = null): Long {
        revision?.let(::requireRevision)
        return writes.delete(key, keys.stored(key), revision)
    }

    /**
     * Takes the value of [key] away, and its history. Returns the revision of that.
     *
     * @param revision as for [delete].
     * @param timeToLive how long the bucket tells of it, as for [create]; `null` for ever, see [purgeDeletes].
     * @throws WrongRevisionException if it has another one.
     */
    public suspend fun purge(key: String, revision: Long? = null, timeToLive: Duration? = null): Long {
        revision?.let(::requireRevision)
        return writes.purge(key, keys.stored(key), revision, timeToLive)
    }

    /**
     * The keys that have a value and match one of [filters], where `*` stands for a token and `>` for the last ones; all without filters.
     * Each comes once; cold.
     *
     * @throws dev.midge.nats.ConnectionClosedException from the collector, if the connection is closed before all have come.
     * @throws dev.midge.nats.jetstream.FeatureNotSupportedException from the collector, if there are several filters and the server is
     *   older than 2.10.
     */
    public fun keys(vararg filters: String): Flow<String> {
        val events = watchingKeys.untilCaughtUp(keys.storedFilters(filters.asList()), WITHOUT_DELETES, hasValues = false)
        return flow {
            val seen = HashSet<String>()
            events.collect { event ->
                when (event) {
                    is KeyValueEvent.Put -> if (seen.add(event.key)) emit(event.key)
                    is KeyValueEvent.Undecodable -> throw event.cause
                    else -> Unit
                }
            }
        }
    }

    /**
     * What the bucket still has of [key], from the oldest on, deletions included; nothing if it never had a value. Cold.
     *
     * @throws dev.midge.nats.ConnectionClosedException from the collector, if the connection is closed before all has come.
     */
    public fun history(key: String): Flow<KeyValueEvent.Change<T>> =
        watching.untilCaughtUp(listOf(keys.stored(key)), WITH_HISTORY, hasValues = true).filterIsInstance()

    /**
     * What happens to the keys that match one of [filters], as for [keys]: first the last value of each, or what [configure] says, then
     * [KeyValueEvent.CaughtUp], then all that is written, in its order and without an end.
     *
     * Cold: each collector watches by itself. It survives lost connections, restarts of servers and changes of the leader, and says so with
     * [KeyValueEvent.Resumed]. Nothing is dropped for a slow collector: no more comes than it takes. A key that is written several times
     * before its first value comes has its last one only; so have all where the bucket keeps no history, and while the link is lost before
     * [KeyValueEvent.CaughtUp]. Ends if the connection is closed in order.
     *
     * @throws BucketNotFoundException from the collector, if there is no such bucket, or no more.
     * @throws dev.midge.nats.jetstream.ConsumerEndedException from the collector, if the bucket was deleted and made again.
     * @throws dev.midge.nats.jetstream.FeatureNotSupportedException from the collector, as for [keys].
     * @throws dev.midge.nats.jetstream.JetStreamApiException from the collector, if filters overlap.
     */
    @JvmSynthetic
    public fun watch(vararg filters: String, configure: WatchOptions.Builder.() -> Unit = {}): Flow<KeyValueEvent<T>> =
        watch(filters.asList(), WatchOptions.builder().apply(configure).build())

    /** As the one that takes a function. */
    public fun watch(filters: List<String>, options: WatchOptions = WatchOptions.Default): Flow<KeyValueEvent<T>> =
        watching.events(keys.storedFilters(filters), options, hasValues = true)

    /** As [watch], but the values do not come, only how many bytes they have. */
    @JvmSynthetic
    public fun watchKeys(vararg filters: String, configure: WatchOptions.Builder.() -> Unit = {}): Flow<KeyValueEvent<Long>> =
        watchKeys(filters.asList(), WatchOptions.builder().apply(configure).build())

    /** As the one that takes a function. */
    public fun watchKeys(filters: List<String>, options: WatchOptions = WatchOptions.Default): Flow<KeyValueEvent<Long>> =
        watchingKeys.events(keys.storedFilters(filters), options, hasValues = false)

    /**
     * Removes what tells of deleted keys for at least [olderThan], and the history of those that were deleted since. Returns how many
     * deletions are forgotten. What is written meanwhile stays. Of a mirror this concerns the mirror alone.
     */
    public suspend fun purgeDeletes(olderThan: Duration = 30.minutes): Long {
        require(!olderThan.isNegative()) { "olderThan is $olderThan; it cannot be negative" }
        return MarkerSweep(ref).sweep(olderThan)
    }

    override fun toString(): String = "KeyValue($bucket, $codec, $keyCodec)"

    private fun requireRevision(revision: Long) = require(revision >= 1) { "the revision $revision is none; the first one is 1" }

    private companion object {
        val WITHOUT_DELETES = WatchOptions.builder().ignoreDeletes(true).build()
        val WITH_HISTORY = WatchOptions.builder().history(true).build()
    }
}
