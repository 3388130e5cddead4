package dev.midge.nats.java.internal

import dev.midge.nats.kv.KeyValue
import java.time.Duration
import kotlin.time.toKotlinDuration

/** Calls of key-value buckets whose arguments are of a type that Java cannot name: Kotlin's Duration. */
internal object KeyValueCalls {
    @JvmStatic
    suspend fun <T : Any> create(bucket: KeyValue<T>, key: String, value: T, timeToLive: Duration?): Long =
        bucket.create(key, value, timeToLive?.toKotlinDuration())

    @JvmStatic
    suspend fun purge(bucket: KeyValue<*>, key: String, revision: Long?, timeToLive: Duration?): Long =
        bucket.purge(key, revision, timeToLive?.toKotlinDuration())

    @JvmStatic
    suspend fun purgeDeletes(bucket: KeyValue<*>, olderThan: Duration): Long = bucket.purgeDeletes(olderThan.toKotlinDuration())
}
