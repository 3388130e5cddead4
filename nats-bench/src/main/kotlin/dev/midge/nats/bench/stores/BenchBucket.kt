package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.RawFrames
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.jetstream.StreamApi
import java.util.concurrent.atomic.AtomicInteger

/**
 * The bucket that is measured, in memory, with a value for each of its keys: made anew for each process, and by no client.
 *
 * @property size how many keys it has.
 */
internal class BenchBucket(target: Target, val size: Int, value: ByteArray) : AutoCloseable {
    private val api = StreamApi(target)
    private val keys = Array(size) { "bench.key-$it" }
    private val turn = AtomicInteger()

    init {
        api.renewStream(STREAM, listOf("$PREFIX>"), CONFIG)
        keys.asList().chunked(CHUNK) { chunk -> fill(chunk.map { PREFIX + it }, value) }
    }

    /** The keys in turn, and from the first again after the last. May be called by any thread. */
    fun nextKey(): String = keys[Math.floorMod(turn.getAndIncrement(), keys.size)]

    private fun fill(subjects: List<String>, value: ByteArray) {
        val ahead = RawFrames.joined(subjects.dropLast(1).map { RawFrames.publish(it, null, value) })
        api.store(subjects.last(), value, ahead)
    }

    override fun close() = api.use { it.deleteStream(STREAM) }

    companion object {
        const val NAME = "BENCH"
        private const val STREAM = "KV_$NAME"
        private const val PREFIX = "\$KV.$NAME."

        /** What clients make of a bucket with their defaults. */
        private const val CONFIG =
            ""","max_msgs_per_subject":1,"discard":"new","allow_direct":true,"allow_rollup_hdrs":true,"deny_delete":true"""

        /** Not more at once than the server keeps waiting: it drops the rest. */
        private const val CHUNK = 2_000
    }
}
