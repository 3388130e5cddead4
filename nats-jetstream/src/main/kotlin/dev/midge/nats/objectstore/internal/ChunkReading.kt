package dev.midge.nats.objectstore.internal

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.OrderedConfig
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.consume.OrderedRun
import dev.midge.nats.jetstream.internal.consume.OrderedTaker
import dev.midge.nats.objectstore.ChunksMissingException
import dev.midge.nats.objectstore.ObjectChangedException
import dev.midge.nats.objectstore.ObjectDigestException
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectStoreNotFoundException
import dev.midge.nats.objectstore.ObjectTooLongException
import dev.midge.nats.objectstore.ObjectTooShortException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flow

/** The chunks of the object [info]; each collector reads them for itself. */
internal fun objectChunks(jetStream: JetStream, metas: MetaStore, chunks: ChunkStore, info: ObjectInfo): Flow<ByteArray> =
    flow { ChunkReading(jetStream, metas, chunks, info, this).run() }.catch { throw named(info, it) }

/** What the reading of [info] ends with because of [e]. */
private fun named(info: ObjectInfo, e: Throwable): Throwable = when (e) {
    is StreamNotFoundException -> ObjectStoreNotFoundException(info.bucket, e)

    // There is another store of that name.
    is ConsumerEndedException -> ObjectChangedException(info.bucket, info.name, e)

    else -> e
}

/**
 * Reads the chunks of one object, by one ordered consumer after the other if need be. The last chunk is handed over when all of them were
 * found to be what they should be: nobody has the whole of a wrong object.
 */
private class ChunkReading(
    private val jetStream: JetStream,
    private val metas: MetaStore,
    private val chunks: ChunkStore,
    private val info: ObjectInfo,
    private val collector: FlowCollector<ByteArray>,
) : OrderedTaker {
    private val read = Digested()

    /** How often in a row all chunks were there and none came. */
    private var idle = 0

    suspend fun run() {
        if (info.chunks == 0L) return verify()
        try {
            OrderedRun(jetStream, BucketNames.streamOf(info.bucket), config(), this).run()
        } catch (_: CompleteException) {
            return
        }
        throw ConnectionClosedException("the connection was closed while the object '${info.name}' of '${info.bucket}' was read")
    }

    private fun config(): OrderedConfig = OrderedConfig.builder().apply {
        filterSubjects = listOf(BucketNames.chunks(info.bucket, info.nuid).value)
        pull = pull.toBuilder().maxMessages(ChunkStore.window(largestChunk())).build()
    }.build()

    /** Some do not say it. */
    private fun largestChunk(): Int =
        maxOf(info.chunkSize.toLong(), info.size / info.chunks, 1).coerceAtMost(Int.MAX_VALUE.toLong()).toInt()

    override suspend fun onMessage(message: JetStreamMessage) {
        read.add(message.payload)
        idle = 0
        if (read.bytes > info.size) throw tooLong()
        val pending = message.metadata.pending
        if (read.chunks == info.chunks) {
            // What the consumer has still to deliver is a guess.
            if (pending > 0 && chunks.count(info.nuid) > info.chunks) throw tooLong()
            verify()
        }
        collector.emit(message.payload)
        if (read.chunks == info.chunks) throw CompleteException()
        if (pending == 0L) findMissing()
    }

    override suspend fun onConsumer(pending: Long, reason: String?, after: Long) {
        if (pending < info.chunks - read.chunks) findMissing()
    }

    override suspend fun onIdle() {
        if (++idle >= MOST_IDLE) throw ChunksMissingException(info.bucket, info.name, info.chunks, read.chunks)
        findMissing()
    }

    /** Nothing more is to come though there should. Returns if all is there, so that the consumer only does not have it yet. */
    private suspend fun findMissing() {
        try {
            val found = chunks.count(info.nuid)
            if (found >= info.chunks) return
            val now = metas.live(metas.find(info.name))
            if (now?.nuid != info.nuid) throw ObjectChangedException(info.bucket, info.name)
            throw ChunksMissingException(info.bucket, info.name, info.chunks, found)
        } catch (e: NatsException) {
            // Nobody can say now: the next consumer will ask again.
            if (!isPassing(e)) throw e
        }
    }

    private fun verify() {
        if (read.bytes < info.size) throw ObjectTooShortException(info.bucket, info.name, info.size, read.bytes)
        val expected = info.digest ?: return
        val found = read.digest()
        if (!Digested.isSame(expected, found)) throw ObjectDigestException(info.bucket, info.name, expected, found)
    }

    private fun tooLong() = ObjectTooLongException(info.bucket, info.name, info.size, info.chunks)

    private companion object {
        /** As many heartbeats: a minute. */
        const val MOST_IDLE = 30
    }

    /** Ends the consumption: there is no other end. */
    private class CompleteException : RuntimeException(null, null, false, false)
}
