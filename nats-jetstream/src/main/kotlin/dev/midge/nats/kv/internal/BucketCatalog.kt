package dev.midge.nats.kv.internal

import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.StreamExistsException
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.kv.BucketExistsException
import dev.midge.nats.kv.BucketNotFoundException
import dev.midge.nats.kv.KeyValueConfig
import dev.midge.nats.kv.KeyValueConfigBuilder
import dev.midge.nats.kv.KeyValueStatus
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.map

/** The buckets of an account: makes, changes and lists them. */
internal class BucketCatalog(private val jetStream: JetStream) {
    private val streams = jetStream.catalog

    suspend fun create(config: KeyValueConfig): KeyValueStatus = try {
        KeyValueStatus(streams.create(config.streamConfig))
    } catch (e: StreamExistsException) {
        throw BucketExistsException(config.bucket, e)
    }

    /** Changes what the server has, so that nothing is lost that others have set. */
    suspend fun update(bucket: String, changes: KeyValueConfigBuilder.() -> Unit): KeyValueStatus = finding(bucket) {
        val found = streams.info(Buckets.stream(bucket)).config
        KeyValueStatus(streams.update(KeyValueConfigBuilder(found.json).apply(changes).build().streamConfig))
    }

    suspend fun createOrUpdate(bucket: String, settings: KeyValueConfigBuilder.() -> Unit): KeyValueStatus {
        try {
            return update(bucket, settings)
        } catch (_: BucketNotFoundException) {
            // It is made below.
        }
        return try {
            create(KeyValueConfig(bucket, settings))
        } catch (_: BucketExistsException) {
            update(bucket, settings)
        }
    }

    suspend fun delete(bucket: String): Unit = finding(bucket) { jetStream.stream(Buckets.stream(bucket)).delete() }

    suspend fun status(bucket: String): KeyValueStatus = finding(bucket) { KeyValueStatus(streams.info(Buckets.stream(bucket))) }

    /** By name: mirrors have no subjects to find them by. */
    fun names(): Flow<String> = streams.names(null).filter(::isBucket).map { it.removePrefix(Buckets.STREAM_PREFIX) }

    fun statuses(): Flow<KeyValueStatus> = streams.list(null).filter { isBucket(it.config.name) }.map(::KeyValueStatus)

    private fun isBucket(stream: String) = stream.startsWith(Buckets.STREAM_PREFIX) && stream.length > Buckets.STREAM_PREFIX.length

    private inline fun <R> finding(bucket: String, block: () -> R): R = try {
        block()
    } catch (e: StreamNotFoundException) {
        throw BucketNotFoundException(bucket, e)
    }
}
