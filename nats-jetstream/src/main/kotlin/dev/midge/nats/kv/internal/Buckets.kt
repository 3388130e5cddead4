package dev.midge.nats.kv.internal

import dev.midge.nats.jetstream.internal.api.Names

/** How buckets are called, and the streams that they are. */
internal object Buckets {
    const val STREAM_PREFIX = "KV_"

    /** @throws IllegalArgumentException if [bucket] is no name of a bucket. */
    fun check(bucket: String): String = Names.checkBucket("bucket", bucket)

    fun stream(bucket: String): String = STREAM_PREFIX + check(bucket)

    /** What the subjects of its keys begin with. */
    fun prefix(bucket: String): String = "\$KV.$bucket."
}
