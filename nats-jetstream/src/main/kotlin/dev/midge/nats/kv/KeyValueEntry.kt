package dev.midge.nats.kv

import java.time.Instant
import java.util.Objects

/** A value of a key, as the bucket holds it. Immutable, as far as the value is. */
public class KeyValueEntry<out T> internal constructor(
    /** The bucket. */
    @get:JvmName("bucket") public val bucket: String,
    /** The key. */
    @get:JvmName("key") public val key: String,
    /** The value. An array is the entry's own. */
    @get:JvmName("value") public val value: T,
    /** The value's place among all that was ever written to the bucket: it grows with each write to any key. */
    @get:JvmName("revision") public val revision: Long,
    /** When it was written, by the server's clock. */
    @get:JvmName("created") public val created: Instant,
) {
    override fun equals(other: Any?): Boolean = other is KeyValueEntry<*> && revision == other.revision && bucket == other.bucket &&
        key == other.key && created == other.created && value == other.value

    override fun hashCode(): Int = Objects.hash(bucket, key, revision)

    /** All but the value, which may be secret. */
    override fun toString(): String = "KeyValueEntry($bucket, $key, revision=$revision, created=$created)"
}
