package dev.midge.nats.kv

import dev.midge.nats.NatsException

/**
 * Every exception of key-value buckets. What JetStream and the connection cannot do is told by their own exceptions. A later version may
 * have more of them: give a `when` over it an `else`.
 *
 * @property bucket the bucket.
 */
public sealed class KeyValueException(@get:JvmName("bucket") public val bucket: String, message: String, cause: Throwable? = null) :
    NatsException(message, cause)

/** There is no bucket of that name, or no more. */
public class BucketNotFoundException internal constructor(bucket: String, cause: Throwable?) :
    KeyValueException(bucket, "there is no bucket '$bucket'", cause)

/** There is a bucket of that name with another configuration: update it instead. */
public class BucketExistsException internal constructor(bucket: String, cause: Throwable?) :
    KeyValueException(bucket, "the bucket '$bucket' is there already, and configured otherwise", cause)

/**
 * The key has a value, so it was not created.
 *
 * @property key the key.
 * @property revision the revision of that value.
 */
public class KeyExistsException internal constructor(
    bucket: String,
    @get:JvmName("key") public val key: String,
    @get:JvmName("revision") public val revision: Long,
    cause: Throwable?,
) : KeyValueException(bucket, "the key '$key' of bucket '$bucket' has a value already, of revision $revision", cause)

/**
 * The last revision of the key is not the one that was expected. Nothing was written.
 *
 * @property key the key.
 * @property expected the revision that was expected.
 * @property actual the revision that it has, where the server says so; 0 if it has none.
 */
public class WrongRevisionException internal constructor(
    bucket: String,
    @get:JvmName("key") public val key: String,
    @get:JvmName("expected") public val expected: Long,
    @get:JvmName("actual") public val actual: Long?,
    cause: Throwable?,
) : KeyValueException(
    bucket,
    "the key '$key' of bucket '$bucket' is not at revision $expected${actual?.let { ", but at $it" } ?: ""}",
    cause,
)

/**
 * What the bucket holds for the key is no value of the handle's type. The [cause] is what the codec says.
 *
 * @property key the key.
 * @property revision the revision that does not decode.
 */
public class UndecodableEntryException internal constructor(
    bucket: String,
    @get:JvmName("key") public val key: String,
    @get:JvmName("revision") public val revision: Long,
    cause: Throwable,
) : KeyValueException(bucket, "revision $revision of the key '$key' of bucket '$bucket' does not decode: ${cause.message}", cause)
