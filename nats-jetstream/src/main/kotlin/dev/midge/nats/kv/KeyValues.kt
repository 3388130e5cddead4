package dev.midge.nats.kv

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.kv.internal.BucketCatalog
import dev.midge.nats.serialization.BytesCodec
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.ValueCodec
import dev.midge.nats.serialization.valueCodec
import kotlinx.coroutines.flow.Flow

/**
 * The bucket with this name, whose values are bytes, as a handle: nothing is asked, and the bucket need not be there yet.
 *
 * @throws IllegalArgumentException if [bucket] is no name of a bucket.
 */
@JvmSynthetic
public fun JetStream.keyValue(bucket: String, keys: KeyCodec = KeyCodec.Plain): KeyValue<ByteArray> = keyValue(bucket, BytesCodec, keys)

/**
 * The same with values of type [T], by the codec of the registry that comes with the client.
 *
 * @throws dev.midge.nats.serialization.UnsupportedTypeException if there is none.
 */
@OptIn(InternalNatsApi::class)
@JvmSynthetic
@JvmName("typedKeyValue")
public inline fun <reified T : Any> JetStream.keyValue(bucket: String, keys: KeyCodec = KeyCodec.Plain): KeyValue<T> =
    bound(this, bucket, nats.valueCodec<T>(), keys)

/** The same with values that go by [codec], whatever the registry and a value's `Content-Type` say. */
@OptIn(InternalNatsApi::class)
public fun <T : Any> JetStream.keyValue(bucket: String, codec: PayloadCodec<T>, keys: KeyCodec = KeyCodec.Plain): KeyValue<T> =
    bound(this, bucket, nats.valueCodec(codec), keys)

/**
 * Makes the bucket with this name, whose values are bytes, with what [configure] sets. Returns also if it is there already and is the same.
 *
 * @throws BucketExistsException if it is there and differs.
 * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what is asked for. Nothing is made then, unless
 *   the message says that the stream is kept without it.
 */
@JvmSynthetic
public suspend fun JetStream.createKeyValue(bucket: String, configure: KeyValueConfigBuilder.() -> Unit = {}): KeyValue<ByteArray> {
    createKeyValue(KeyValueConfig(bucket, configure))
    return keyValue(bucket)
}

/** The same with values of type [T]. */
@JvmSynthetic
@JvmName("createTypedKeyValue")
public suspend inline fun <reified T : Any> JetStream.createKeyValue(
    bucket: String,
    noinline configure: KeyValueConfigBuilder.() -> Unit = {},
): KeyValue<T> {
    val handle = keyValue<T>(bucket)
    createKeyValue(KeyValueConfig(bucket, configure))
    return handle
}

/** Makes the bucket of [config], as the one above. */
public suspend fun JetStream.createKeyValue(config: KeyValueConfig): KeyValueStatus = BucketCatalog(this).create(config)

/**
 * Changes what [changes] sets, and nothing else: not what others have set, or what this version does not know.
 *
 * @throws BucketNotFoundException if there is no such bucket.
 * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what is asked for.
 */
public suspend fun JetStream.updateKeyValue(bucket: String, changes: KeyValueConfigBuilder.() -> Unit): KeyValueStatus =
    BucketCatalog(this).update(bucket, changes)

/** Makes the bucket with this name as [createKeyValue], or changes what [configure] sets if it is there. */
public suspend fun JetStream.createOrUpdateKeyValue(bucket: String, configure: KeyValueConfigBuilder.() -> Unit): KeyValueStatus =
    BucketCatalog(this).createOrUpdate(bucket, configure)

/**
 * Deletes the bucket with this name and all that it holds.
 *
 * @throws BucketNotFoundException if there is no such bucket.
 */
public suspend fun JetStream.deleteKeyValue(bucket: String): Unit = BucketCatalog(this).delete(bucket)

/** All buckets, asked for page by page as the collector comes to them. */
public fun JetStream.keyValues(): Flow<KeyValueStatus> = BucketCatalog(this).statuses()

/** The names of all buckets, asked for page by page as the collector comes to them. */
public fun JetStream.keyValueNames(): Flow<String> = BucketCatalog(this).names()

@OptIn(InternalNatsApi::class)
@PublishedApi
internal fun <T : Any> bound(jetStream: JetStream, bucket: String, codec: ValueCodec<T>, keys: KeyCodec): KeyValue<T> =
    KeyValue(jetStream, bucket, codec, keys)
