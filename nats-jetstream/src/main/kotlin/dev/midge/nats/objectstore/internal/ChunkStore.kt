package dev.midge.nats.objectstore.internal

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PurgeOptions
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.fold
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** The chunks of one store's objects. */
internal class ChunkStore(private val jetStream: JetStream, private val bucket: String) {
    private val stream = jetStream.stream(BucketNames.streamOf(bucket))

    /** The size of chunks that are to have [wanted] bytes, or as many as usual. */
    fun size(wanted: Int?): Int = wanted ?: minOf(USUAL.toLong(), maxOf(mostBytes(), 1)).toInt()

    /**
     * Stores [chunks] as those of [nuid], some of them at a time, in their order, and tells [stored] how many are stored each time that one is.
     *
     * A stream whose leader changes may forget what is under way: it is sent again then, by its id, where the ids fit into the messages.
     */
    suspend fun write(nuid: String, chunks: Flow<ByteArray>, size: Int, stored: (Long) -> Unit) {
        val subject = BucketNames.chunks(bucket, nuid)
        val hasIds = size <= mostBytes()
        val messages = flow {
            var number = 0L
            chunks.collect {
                val headers = if (hasIds) Headers.of("Nats-Msg-Id", "$nuid.${number++}") else Headers.Empty
                emit(OutgoingMessage(subject, it, headers))
            }
        }
        var acknowledged = 0L
        try {
            jetStream.publishAll(messages, window(size), options = if (hasIds) RESENDING else RETRYING).collect { stored(++acknowledged) }
        } catch (e: PublishAllException) {
            throw e.cause ?: e
        }
    }

    /** How many chunks there are of [nuid]. */
    suspend fun count(nuid: String): Long = inBucket(bucket) {
        stream.subjects(BucketNames.chunks(bucket, nuid).value).fold(0L) { sum, subject -> sum + subject.messages }
    }

    /** Removes the chunks of [nuid], of which all are stored. */
    suspend fun purge(nuid: String): Unit = withContext(NonCancellable) { patiently { removeAll(nuid) } }

    /**
     * Removes the chunks of [nuid], of which some may still be on their way: one behind them is waited for first. Another server may have some
     * that the link was lost with: it is looked for them afterwards.
     */
    suspend fun discard(nuid: String): Unit = withContext(NonCancellable) {
        val begin = TimeSource.Monotonic.markNow()
        patiently(begin) { awaitThoseOnTheirWay(BucketNames.chunks(bucket, nuid)) }
        for (attempt in 1..MOST_PURGES) {
            patiently(begin) { removeAll(nuid) }
            if (patiently(begin) { count(nuid) } == 0L) break
            delay(PAUSE)
        }
    }

    private suspend fun awaitThoseOnTheirWay(subject: Subject) {
        try {
            jetStream.publish(subject, ByteArray(0))
        } catch (_: JetStreamApiException) {
            // A refusal is as good.
        } catch (e: NoStreamException) {
            // There is nothing to wait for, if the stream is gone.
            inBucket(bucket) { stream.info() }
            throw e
        }
    }

    private suspend fun removeAll(nuid: String) {
        stream.purge(PurgeOptions.builder().subject(BucketNames.chunks(bucket, nuid).value).build())
    }

    /** How many bytes the server takes in a message, beside the headers of a chunk. */
    @OptIn(InternalNatsApi::class)
    private fun mostBytes(): Long {
        val server = jetStream.nats.seam(BucketNames.chunks(bucket, "size")).server ?: return USUAL.toLong()
        return server.maxPayload - HEADERS
    }

    companion object {
        private const val USUAL = 128 * 1024

        /** For an id of 12 characters, a number, and what the protocol has around them. */
        private const val HEADERS = 128

        /** How many bytes are under way at once: enough for any link, and little beside a heap of 64 MiB. */
        private const val UNDER_WAY = 4 * 1024 * 1024
        private const val MOST_UNDER_WAY = 64

        /** Until its time is over, which is longer than a change of the leader takes. */
        private const val RETRIES = 1_000
        private val RETRYING = PublishOptions {
            retries = RETRIES
            timeout = PATIENCE
        }
        private val RESENDING = PublishOptions {
            retries = RETRIES
            timeout = PATIENCE
            resendAfterSilence = 2.seconds
        }

        /** One is enough, but for what was under way with a lost link. */
        private const val MOST_PURGES = 20

        /** How many chunks of [size] bytes may be under way at once. */
        fun window(size: Int): Int = (UNDER_WAY / maxOf(size, 1)).coerceIn(2, MOST_UNDER_WAY)
    }
}
