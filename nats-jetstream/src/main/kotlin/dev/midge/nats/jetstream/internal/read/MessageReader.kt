package dev.midge.nats.jetstream.internal.read

import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.MessageNotFoundException
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.StreamInfo
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.obj
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * Reads single messages of a stream: from any replica, if the stream allows that, else from its leader.
 *
 * Whether it allows that is asked once, because the oldest servers are silent where it does not; a server that says so later is believed.
 */
internal class MessageReader(private val channel: ApiChannel, private val stream: String) {
    private val target = ApiTarget(stream)
    private val subject = Subject(channel.subjects.of("DIRECT", "GET", stream))

    @Volatile
    private var allowsDirect: Boolean? = null

    suspend fun bySequence(sequence: Long, consistent: Boolean): StoredMessage? =
        read(JsonObject(mapOf("seq" to JsonPrimitive(sequence))), consistent)

    /** The last of [subject], which may have wildcards. */
    suspend fun lastOf(subject: String, consistent: Boolean): StoredMessage? =
        read(JsonObject(mapOf("last_by_subj" to JsonPrimitive(subject))), consistent)

    /** The last of [subject], which has no wildcards: servers are quickest if the subject of the request says it. */
    suspend fun lastOfOne(subject: String, consistent: Boolean): StoredMessage? =
        read(JsonObject(mapOf("last_by_subj" to JsonPrimitive(subject))), consistent, subject)

    /** The first at or after [from] that matches [subject]. */
    suspend fun nextOf(subject: String, from: Long, consistent: Boolean): StoredMessage? =
        read(JsonObject(mapOf("seq" to JsonPrimitive(from), "next_by_subj" to JsonPrimitive(subject))), consistent)

    suspend fun allowsDirect(): Boolean = allowsDirect
        ?: StreamInfo(channel.request("STREAM", "INFO", stream, target = target)).config.allowDirect.also { allowsDirect = it }

    /** Nobody answers direct gets: whether the stream allows them is asked again. */
    fun forgetDirect() {
        allowsDirect = null
    }

    private suspend fun read(body: JsonObject, consistent: Boolean, one: String? = null): StoredMessage? {
        if (!consistent && allowsDirect()) {
            try {
                return direct(body, one)
            } catch (_: NoRespondersException) {
                forgetDirect()
            } catch (e: JetStreamTimeoutException) {
                // The oldest servers are silent where it is not allowed any more.
                forgetDirect()
                if (allowsDirect()) throw e
            }
        }
        return fromLeader(body)
    }

    private suspend fun direct(body: JsonObject, one: String?): StoredMessage? {
        val to = if (one == null) subject else Subject("$subject.$one")
        val payload = if (one == null) body.toString().encodeToByteArray() else NOTHING
        val answer = try {
            channel.nats.request(to, payload, timeout = channel.options.timeout)
        } catch (e: RequestTimeoutException) {
            throw JetStreamTimeoutException(to.value, stream, null, channel.options.timeout, e)
        }
        val status = answer.status ?: return StoredMessages.ofDirect(channel.nats, answer, isInBatch = false)
        if (status.code == NOT_FOUND) return null
        throw ReadRefused.exception(status, to.value, stream)
    }

    /** A leader that changes forgets what it was asked without a word: it is asked again, since reading changes nothing. */
    private suspend fun fromLeader(body: JsonObject): StoredMessage? {
        val timeout = channel.options.timeout
        val begin = TimeSource.Monotonic.markNow()
        while (true) {
            // The last one may begin when the time is just over.
            val wait = (timeout - begin.elapsedNow()).coerceIn(SHORTEST_ATTEMPT, LONGEST_ATTEMPT)
            try {
                return fromLeader(body, wait)
            } catch (_: MessageNotFoundException) {
                return null
            } catch (e: JetStreamTimeoutException) {
                if (begin.elapsedNow() >= timeout) throw JetStreamTimeoutException(e.subject, stream, null, timeout, e.cause)
            }
        }
    }

    private suspend fun fromLeader(body: JsonObject, timeout: Duration): StoredMessage {
        val answer = channel.request("STREAM", "MSG", "GET", stream, body = body, target = target, timeout = timeout)
        return StoredMessages.ofLeader(channel.nats, stream, answer.obj("message"))
    }

    private companion object {
        const val NOT_FOUND = 404
        val NOTHING = ByteArray(0)
        val SHORTEST_ATTEMPT = 1.milliseconds
        val LONGEST_ATTEMPT = 2.seconds
    }
}
