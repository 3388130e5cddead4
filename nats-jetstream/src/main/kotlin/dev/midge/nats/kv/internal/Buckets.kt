package dev.midge.nats.kv.internal

/** How buckets are called, and the streams that they are. */
internal object Buckets {
    const val STREAM_PREFIX = "KV_"

    /** @throws IllegalArgumentException if [bucket] is no name of a bucket. */
    fun check(bucket: String): String {
        require(bucket.isNotEmpty() && bucket.all { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it == '-' || it == '_' }) {
            "'$bucket' is no name of a bucket: use letters, digits, '-' and '_'"
        }
        return bucket
    }

    fun stream(bucket: String): String = STREAM_PREFIX + check(bucket)

    /** What the subjects of its keys begin with. */
    fun prefix(bucket: String): String = "\$KV.$bucket."
}
