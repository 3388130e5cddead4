package dev.midge.nats.kv.internal

import dev.midge.nats.Headers
import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.Rollup
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.publish.PublishHeaders
import dev.midge.nats.kv.KeyExistsException
import dev.midge.nats.kv.WrongRevisionException
import kotlinx.coroutines.delay
import java.util.concurrent.ThreadLocalRandom
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * Writes keys of one bucket.
 *
 * What expects a revision has a message id: when the acknowledgement is lost with the link, or a leader that changes has forgotten the
 * message, it is sent again and stored once. So who has won knows it.
 *
 * @param headers what goes with every value.
 */
internal class Writes(private val ref: BucketRef, private val headers: Headers) {
    private val plain = if (headers.isEmpty()) PublishOptions.Default else PublishOptions { headers = this@Writes.headers }
    private val idPrefix = Names.random()
    private val ids = AtomicLong()

    suspend fun put(storedKey: String, payload: ByteArray): Long = ref.reaching {
        val place = ref.place()
        place.origin.publish(place.toWrite(storedKey), payload, plain).sequence
    }

    /** Writes if there is no value, but perhaps what says that there is none any more. */
    suspend fun create(key: String, storedKey: String, payload: ByteArray, timeToLive: Duration?): Long =
        ref.reaching { createInRounds(key, storedKey, payload, timeToLive) }

    private suspend fun createInRounds(key: String, storedKey: String, payload: ByteArray, timeToLive: Duration?): Long {
        val place = ref.place()
        val begin = TimeSource.Monotonic.markNow()
        var expected = 0L
        var round = 0
        while (true) {
            val failure = try {
                return send(storedKey, payload, expecting(expected, newId()) { setTimeToLive(timeToLive, place.originStream) })
            } catch (e: WrongLastException) {
                e
            }
            val last = place.last(storedKey, consistent = true)
            if (last != null && last.isValue) throw KeyExistsException(ref.bucket, key, last.sequence, failure)
            // Others create and delete the key; or the leader does not show yet what it knows already.
            if (begin.elapsedNow() > ref.jetStream.options.timeout) {
                throw WrongRevisionException(ref.bucket, key, expected, last?.sequence ?: 0, failure)
            }
            expected = last?.sequence ?: 0
            pauseBefore(++round)
        }
    }

    /** Writes [payload] if the key's last revision is [revision]. */
    suspend fun update(key: String, storedKey: String, payload: ByteArray, revision: Long): Long =
        expecting(key, revision) { send(storedKey, payload, expecting(revision, newId())) }

    /** Writes what [payloadOf] makes of the last message, until nobody has written between. */
    suspend fun compareAndSet(storedKey: String, payloadOf: suspend (StoredMessage?) -> ByteArray): Long {
        var id = newId()
        var isInDoubt = false
        var round = 0
        while (true) {
            val last = ref.reaching { ref.place().last(storedKey, consistent = round > 0) }
            if (isInDoubt && last?.hasId(id) == true) return last.sequence
            val payload = payloadOf(last)
            try {
                return ref.reaching { send(storedKey, payload, expecting(last?.sequence ?: 0, id)) }
            } catch (_: WrongLastException) {
                if (!isInDoubt) id = newId()
            } catch (e: NatsException) {
                // Perhaps it was stored before it was refused, and written over: by its id the stream knows it, and stores no other one.
                if (e.suppressed.none { it is WrongLastException }) throw e
                isInDoubt = true
            }
            pauseBefore(++round)
        }
    }

    suspend fun delete(key: String, storedKey: String, revision: Long?): Long =
        mark(key, storedKey, revision, PublishOptions { headers = DELETED })

    suspend fun purge(key: String, storedKey: String, revision: Long?, timeToLive: Duration?): Long {
        val stream = ref.reaching { ref.place() }.originStream
        val options = PublishOptions {
            headers = PURGED
            rollup = Rollup.SUBJECT
            setTimeToLive(timeToLive, stream)
        }
        return mark(key, storedKey, revision, options)
    }

    private suspend fun mark(key: String, storedKey: String, revision: Long?, options: PublishOptions): Long {
        if (revision == null) return ref.reaching { send(storedKey, NOTHING, options) }
        return expecting(key, revision) { send(storedKey, NOTHING, options.copy { expect(revision, newId()) }) }
    }

    private suspend inline fun expecting(key: String, revision: Long, write: () -> Long): Long = ref.reaching {
        try {
            write()
        } catch (e: WrongLastException) {
            throw WrongRevisionException(ref.bucket, key, revision, e.actual, e)
        }
    }

    private inline fun expecting(revision: Long, id: String, more: PublishOptions.Builder.() -> Unit = {}) = PublishOptions.builder()
        .headers(headers)
        .apply { expect(revision, id) }
        .apply(more)
        .build()

    private fun PublishOptions.Builder.expect(revision: Long, id: String) {
        expectLastSubjectSequence = revision
        messageId = id
        resendAfterReconnect = true
        resendAfterSilence = SILENCE
    }

    /** Whether the stream takes it is looked up by the stream's name: a subject may have a prefix that no stream knows. */
    private fun PublishOptions.Builder.setTimeToLive(duration: Duration?, stream: String) {
        if (duration == null) return
        timeToLive = duration
        expectStream = stream
    }

    private suspend fun send(storedKey: String, payload: ByteArray, options: PublishOptions): Long {
        val place = ref.place()
        return try {
            place.origin.publish(place.toWrite(storedKey), payload, options).sequence
        } catch (e: PublishUnconfirmedException) {
            clarify(storedKey, options, e)
        } catch (e: JetStreamTimeoutException) {
            clarify(storedKey, options, e)
        }
    }

    /** The sequence of a message of which [failure] does not know whether it is stored; throws that, or why it is not. */
    private suspend fun clarify(storedKey: String, options: PublishOptions, failure: NatsException): Long {
        val id = options.messageId ?: throw failure
        val last = try {
            ref.place().last(storedKey, consistent = true)
        } catch (e: NatsException) {
            failure.addSuppressed(e)
            throw failure
        }
        return last?.takeIf { it.hasId(id) }?.sequence ?: throw failure
    }

    private fun newId() = "$idPrefix-${ids.incrementAndGet()}"

    companion object {
        private val NOTHING = ByteArray(0)
        private val DELETED = Headers.of(Operation.HEADER, "DEL")
        private val PURGED = Headers.of(Operation.HEADER, "PURGE")

        /** Much longer than an acknowledgement takes, and some times less than it is waited for by default. */
        private val SILENCE = 1.seconds
        private val LONGEST_PAUSE = 64.milliseconds
        private const val FREE_ROUNDS = 2

        private val StoredMessage.isValue: Boolean
            get() = Operation.of(headers) == Operation.PUT

        private fun StoredMessage.hasId(id: String) = headers[PublishHeaders.MESSAGE_ID] == id

        /** The first rounds are free; then those who contend are spread, over more time the longer it takes. */
        private suspend fun pauseBefore(round: Int) {
            if (round <= FREE_ROUNDS) return
            val most = minOf(LONGEST_PAUSE, 1.milliseconds * (1 shl minOf(round - FREE_ROUNDS, Int.SIZE_BITS / 2)))
            delay(most * ThreadLocalRandom.current().nextDouble())
        }
    }
}
