package dev.midge.nats.objectstore.internal

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.Rollup
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.objectstore.MalformedObjectException
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectNotFoundException
import dev.midge.nats.objectstore.ObjectUnconfirmedException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.withContext
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import kotlin.time.TimeSource

/**
 * The metadata of one store's objects. All is read from the leader: what was written is found.
 *
 * INVARIANT: each write says which message it replaces, so that whoever replaces an object's metadata knows the chunks that nobody needs any
 * more. Tested by `ObjectRacesIT`.
 */
internal class MetaStore(private val jetStream: JetStream, val bucket: String) {
    private val stream = jetStream.stream(BucketNames.streamOf(bucket))

    /**
     * What was replaced, and what is there instead. If there is a [doubt], that was replaced by another object before anybody could say if it
     * was stored; it is as if, and either of both may live on under another name.
     */
    class Replaced(val before: ObjectInfo?, val after: ObjectInfo, val doubt: NatsException? = null)

    /** What there is of the object [name]: it may be deleted, or a link. */
    suspend fun find(name: String): ObjectInfo? =
        inBucket(bucket) { stream.lastMessage(BucketNames.meta(bucket, name).value, consistent = true) }?.let(::read)

    /** The object [name], or the link. */
    suspend fun get(name: String): ObjectInfo = live(find(name)) ?: throw ObjectNotFoundException(bucket, name)

    fun live(info: ObjectInfo?): ObjectInfo? = info?.takeUnless { it.isDeleted }

    fun read(message: StoredMessage): ObjectInfo = read(message.subject, message.payload, message.sequence, message.time)

    fun read(subject: String, payload: ByteArray, sequence: Long, time: Instant): ObjectInfo {
        val json = try {
            Json.parseToJsonElement(payload.decodeToString()) as? JsonObject
        } catch (e: SerializationException) {
            throw MalformedObjectException(bucket, subject, sequence, e)
        }
        return ObjectJson.info(json ?: throw MalformedObjectException(bucket, subject, sequence), sequence, time)
    }

    /**
     * Writes the metadata that [change] makes of what there is; again if somebody else has been faster. It is not cancelled: afterwards it is
     * known what there is, or this throws what JetStream does if nothing was stored, or [ObjectUnconfirmedException].
     */
    suspend fun replace(name: String, change: (ObjectInfo?) -> JsonObject): Replaced =
        withContext(NonCancellable) { replaceInTime(name, change) }

    private suspend fun replaceInTime(name: String, change: (ObjectInfo?) -> JsonObject): Replaced {
        val begin = TimeSource.Monotonic.markNow()
        var sent: MetaAttempt? = null
        while (true) {
            val found = try {
                patiently { find(name) }
            } catch (e: NatsException) {
                throw failed(name, sent, e)
            }
            sent?.let { ended(name, it, found) }?.let { return it }
            val attempt = MetaAttempt(found, change(found))
            sent = attempt
            try {
                return Replaced(found, attempt.stored(write(name, attempt)))
            } catch (_: WrongLastException) {
                // Somebody was faster.
            } catch (e: NatsException) {
                attempt.doubt = e.takeIf { it is JetStreamTimeoutException || it is PublishUnconfirmedException }
                if (!isPassing(e) || begin.elapsedNow() >= PATIENCE) throw failed(name, attempt, e)
                delay(PAUSE)
            }
        }
    }

    /** What [sent] has come to, seen by what there is [now]; `null` if it is to be made again. */
    private fun ended(name: String, sent: MetaAttempt, now: ObjectInfo?): Replaced? = when (sent.end(now)) {
        MetaAttempt.End.STORED -> Replaced(sent.found, checkNotNull(now))
        MetaAttempt.End.NOT_STORED -> null
        MetaAttempt.End.REPLACED -> Replaced(sent.found, sent.stored(0), sent.doubt)
        MetaAttempt.End.UNKNOWN -> throw ObjectUnconfirmedException(bucket, name, checkNotNull(sent.doubt))
    }

    private fun failed(name: String, sent: MetaAttempt?, cause: NatsException): NatsException =
        if (sent?.doubt != null) ObjectUnconfirmedException(bucket, name, cause) else cause

    /** Whether an object names the chunks of [nuid]. */
    suspend fun hasChunks(nuid: String): Boolean =
        listedObjects(jetStream, this, includeDeleted = false).firstOrNull { it.nuid == nuid } != null

    private suspend fun write(name: String, attempt: MetaAttempt): Long =
        jetStream.publish(BucketNames.meta(bucket, name), attempt.json.toString().encodeToByteArray()) {
            rollup = Rollup.SUBJECT
            expectLastSubjectSequence = attempt.found?.sequence ?: 0
        }.sequence

    /**
     * Takes its name from [info], and leaves nothing of it, nor touches what has replaced it. Returns whether it still had it.
     *
     * Word of its deletion takes its place first, which is refused once somebody has replaced it. To remove it alone is not: a server does
     * that also while it is being replaced.
     */
    suspend fun giveUp(info: ObjectInfo): Boolean {
        val word = try {
            write(info.name, MetaAttempt(info, ObjectJson.deleted(info.wire)))
        } catch (_: WrongLastException) {
            // It may be this that was stored before, without being told.
            find(info.name)?.takeIf { it.isDeleted && it.nuid == info.nuid }?.sequence ?: return false
        }
        remove(word)
        return true
    }

    /** Removes the metadata with [sequence] itself, and nothing that has replaced it. */
    suspend fun remove(sequence: Long) {
        try {
            stream.deleteMessage(sequence)
        } catch (e: JetStreamApiException) {
            // Servers have several words for what is not there.
            if (stream.message(sequence, consistent = true) != null) throw e
        }
    }
}
