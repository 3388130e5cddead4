package dev.midge.nats.objectstore

import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.StreamExistsException
import dev.midge.nats.objectstore.internal.BucketNames
import dev.midge.nats.objectstore.internal.inBucket
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.map

/**
 * The object store [bucket], as a handle: nothing is asked, and the store need not be there yet.
 *
 * @throws IllegalArgumentException if [bucket] is no name of a store: letters, digits, `-` and `_`.
 */
public fun JetStream.objectStore(bucket: String): ObjectStore = ObjectStore(this, BucketNames.check(bucket))

/**
 * Makes the object store of [config]. Returns also if it is there already and is the same.
 *
 * @throws ObjectStoreExistsException if it is there and differs.
 * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what is asked for.
 */
public suspend fun JetStream.createObjectStore(config: ObjectStoreConfig): ObjectStore {
    try {
        createStream(config.stream)
    } catch (e: StreamExistsException) {
        throw ObjectStoreExistsException(config.bucket, e)
    }
    return objectStore(config.bucket)
}

/** Makes the object store [bucket], with what [configure] sets: as the one above. */
@JvmSynthetic
public suspend fun JetStream.createObjectStore(bucket: String, configure: ObjectStoreConfigBuilder.() -> Unit = {}): ObjectStore =
    createObjectStore(ObjectStoreConfig(bucket, configure))

/**
 * Changes what [changes] sets in the object store [bucket], and nothing else: not what others have set, or what this version does not know.
 *
 * @throws ObjectStoreNotFoundException if there is no such store.
 * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what is asked for.
 */
public suspend fun JetStream.updateObjectStore(bucket: String, changes: ObjectStoreConfigBuilder.() -> Unit): ObjectStoreStatus =
    inBucket(bucket) { ObjectStoreStatus(catalog.update(BucketNames.streamOf(bucket)) { ObjectStoreConfigBuilder(this).changes() }) }

/**
 * Deletes the object store [bucket] and all that is in it.
 *
 * @throws ObjectStoreNotFoundException if there is no such store.
 */
public suspend fun JetStream.deleteObjectStore(bucket: String): Unit = inBucket(bucket) { stream(BucketNames.streamOf(bucket)).delete() }

/** All object stores, by pages of 256; cold. */
public fun JetStream.objectStores(): Flow<ObjectStoreStatus> =
    streams(BucketNames.ANY_CHUNK).filter { BucketNames.isBucket(it.config.name) }.map(::ObjectStoreStatus)

/** The names of all object stores, by pages of 1,024; cold. */
public fun JetStream.objectStoreNames(): Flow<String> =
    streamNames(BucketNames.ANY_CHUNK).filter(BucketNames::isBucket).map(BucketNames::bucketOf)
