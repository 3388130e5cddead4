package dev.midge.nats.kv

import java.time.Instant

/** What a watch sees. A later version may have more of them: give a `when` over it an `else`. Immutable. */
public sealed class KeyValueEvent<out T> {
    /** Something was written for a key. */
    public sealed class Change<out T>(
        /** The key. */
        @get:JvmName("key") public val key: String,
        /** Its place among all that was ever written to the bucket. */
        @get:JvmName("revision") public val revision: Long,
        /** When it was written, by the server's clock. */
        @get:JvmName("created") public val created: Instant,
    ) : KeyValueEvent<T>() {
        final override fun toString(): String = "${this::class.simpleName}($key, revision=$revision, created=$created)"
    }

    /** The key has a value. */
    public class Put<out T> internal constructor(@get:JvmName("entry") public val entry: KeyValueEntry<T>) :
        Change<T>(entry.key, entry.revision, entry.created) {
        /** The value of [entry]. */
        @get:JvmName("value")
        public val value: T
            get() = entry.value
    }

    /** The key has no value any more; older ones may be in its history. */
    public class Deleted internal constructor(key: String, revision: Long, created: Instant) : Change<Nothing>(key, revision, created)

    /**
     * The key has no value any more, and no history.
     *
     * @property isExpired whether nobody has purged it: its value had reached its age, which a bucket with
     *   [KeyValueConfig.limitMarkerTtl] tells.
     */
    public class Purged internal constructor(key: String, revision: Long, created: Instant, public val isExpired: Boolean) :
        Change<Nothing>(key, revision, created)

    /**
     * The key has a value that is none of the handle's type, or it is itself none that the handle's [KeyCodec] has made; [key] is then what
     * the bucket calls it. The watch goes on.
     *
     * @property cause what does not decode; it names bucket, key and revision.
     */
    public class Undecodable internal constructor(
        key: String,
        revision: Long,
        created: Instant,
        @get:JvmName("cause") public val cause: UndecodableEntryException,
    ) : Change<Nothing>(key, revision, created)

    /**
     * All that the bucket held when the watch began has been seen, or what has replaced it. Comes once a collector, also for an empty
     * bucket and after [Resumed].
     */
    public object CaughtUp : KeyValueEvent<Nothing>() {
        override fun toString(): String = "CaughtUp"
    }

    /**
     * The watch was interrupted, by the loss of its connection, its server or its consumer, and goes on: no last value is missed, and what
     * was seen does not come again.
     *
     * @property after the last revision that was seen; 0 for none.
     * @property reason what has interrupted it, in words that may change.
     */
    public class Resumed internal constructor(
        @get:JvmName("after") public val after: Long,
        @get:JvmName("reason") public val reason: String,
    ) : KeyValueEvent<Nothing>() {
        override fun toString(): String = "Resumed(after=$after, $reason)"
    }
}
