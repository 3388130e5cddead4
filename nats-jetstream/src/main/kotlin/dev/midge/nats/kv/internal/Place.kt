package dev.midge.nats.kv.internal

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.read.BatchReader
import dev.midge.nats.jetstream.internal.read.MessageReader
import dev.midge.nats.kv.BucketNotFoundException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow

/**
 * Where the keys of a bucket are read and written: not at the same place if it is a mirror, whose messages keep the subjects of its origin,
 * and which takes none itself.
 *
 * @property originStream the stream that decides which write comes first.
 */
internal class Place private constructor(jetStream: JetStream, stream: String, val origin: JetStream, val originStream: String) {
    /** What the subjects of stored messages begin with. */
    val prefix: String = Buckets.prefix(originStream.removePrefix(Buckets.STREAM_PREFIX))
    private val writePrefix = origin.channel.subjects.writePrefix + prefix
    private val reader = MessageReader(jetStream.channel, stream)
    private val leader = if (origin === jetStream && originStream == stream) reader else MessageReader(origin.channel, originStream)
    private val batches = BatchReader(jetStream.channel, stream, reader)

    fun toWrite(storedKey: String): Subject = Subject(writePrefix + storedKey)

    fun toRead(storedKey: String): String = prefix + storedKey

    suspend fun last(storedKey: String, consistent: Boolean): StoredMessage? =
        (if (consistent) leader else reader).lastOfOne(toRead(storedKey), consistent)

    /** What has this revision, if it is of the key. */
    suspend fun atRevision(storedKey: String, revision: Long, consistent: Boolean): StoredMessage? =
        (if (consistent) leader else reader).bySequence(revision, consistent)?.takeIf { it.subject == toRead(storedKey) }

    /** The last message of each of [storedKeys]; of one moment, but for those that were written since where one request is not enough. */
    fun lastOf(storedKeys: List<String>): Flow<StoredMessage> = flow {
        val missing = storedKeys.mapTo(LinkedHashSet(), ::toRead)
        var isWhole = true
        batches.lastOf(missing.toList(), onPage = { isWhole = false }).collect { message ->
            missing -= message.subject
            emit(message)
        }
        if (!isWhole) emitAll(batches.eachLastOf(missing.toList()))
    }

    companion object {
        fun of(jetStream: JetStream, config: StreamConfig): Place {
            val mirror = config.mirror ?: return Place(jetStream, config.name, jetStream, config.name)
            val prefix = mirror.apiPrefix ?: return Place(jetStream, config.name, jetStream, mirror.name)
            val options = jetStream.options.toBuilder().domain(null).apiPrefix(prefix).build()
            return Place(jetStream, config.name, JetStream(jetStream.nats, options), mirror.name)
        }
    }
}

/**
 * A bucket by its name, with its [Place] when that is known: the server is asked for it once, and again when the bucket was found to be
 * gone, or another one.
 */
internal class BucketRef(val jetStream: JetStream, val bucket: String) {
    val stream: String = Buckets.stream(bucket)

    @Volatile
    private var known: Place? = null

    /** @throws StreamNotFoundException if there is no such bucket. */
    suspend fun place(): Place = known ?: Place.of(jetStream, jetStream.catalog.info(stream).config).also { known = it }

    /** Runs [block]; that its stream is not there means that the bucket is not. */
    suspend inline fun <R> reaching(block: () -> R): R = try {
        block()
    } catch (e: StreamNotFoundException) {
        forget()
        throw BucketNotFoundException(bucket, e)
    } catch (e: NoStreamException) {
        forget()
        throw if (isGone()) BucketNotFoundException(bucket, e) else e
    }

    /** Nobody takes a write: either the bucket is gone, or it has no leader. */
    suspend fun isGone(): Boolean = try {
        val place = place()
        place.origin.catalog.info(place.originStream)
        false
    } catch (_: StreamNotFoundException) {
        true
    }

    /** What a Flow that reads it fails with instead of [cause]. */
    fun flowFailure(cause: Throwable): Throwable {
        if (cause is StreamNotFoundException || cause is ConsumerEndedException) forget()
        return if (cause is StreamNotFoundException) BucketNotFoundException(bucket, cause) else cause
    }

    private fun forget() {
        known = null
    }
}
