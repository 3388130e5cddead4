package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.texts
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.util.concurrent.ConcurrentHashMap

/**
 * Sees to it that no message reaches a server that would take it for something else: asks for the API level, and for the stream's
 * configuration, once a stream and link of each connection. What was allowed is remembered; what was not is asked for again, since streams
 * are updated.
 */
@OptIn(InternalNatsApi::class)
internal class PublishGuard(private val channel: ApiChannel) {
    /** A stream as it was when [connection] had its [epoch]th link. */
    class KnownStream(val name: String, val connection: NatsConnection, val epoch: Long, val config: JsonObject) {
        private val subjects = config.texts("subjects").map(::Subject)

        fun takes(subject: Subject): Boolean = subjects.any { it.matches(subject) }
    }

    /** By name and connection: links of different connections say nothing of each other. */
    private val known = ConcurrentHashMap<Pair<String, NatsConnection>, KnownStream>()

    /**
     * Returns if a message to [subject] with [headers] may be sent.
     *
     * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old.
     * @throws FeatureNotEnabledException if the stream does not allow it.
     */
    suspend fun check(subject: Subject, headers: Headers, needs: List<Need>) {
        for (need in needs) {
            channel.levels.require(need.feature)
            if (need.setting != null) allowing(need, subject, headers[PublishHeaders.EXPECTED_STREAM])
        }
    }

    /** The stream of [subject], which allows what [need] says. */
    suspend fun allowing(need: Need, subject: Subject, stream: String? = null): KnownStream {
        val setting = checkNotNull(need.setting)
        val seam = channel.nats.seam(subject)
        val connection = seam.connection
        val epoch = seam.epoch
        known.values.firstOrNull {
            it.connection === connection && it.epoch == epoch && it.config.flag(setting) && it.isFor(subject, stream)
        }?.let { return it }
        val found = read(stream ?: streamOf(subject), connection, epoch)
        if (!found.config.flag(setting)) throw FeatureNotEnabledException(need.feature.title, found.name, setting)
        return found
    }

    private fun KnownStream.isFor(subject: Subject, stream: String?): Boolean = if (stream != null) name == stream else takes(subject)

    private suspend fun streamOf(subject: Subject): String {
        val answer = channel.request("STREAM", "NAMES", body = JsonObject(mapOf("subject" to JsonPrimitive(subject.value))))
        return answer.texts("streams").firstOrNull() ?: throw NoStreamException(subject.value, attempts = 1)
    }

    private suspend fun read(stream: String, connection: NatsConnection, epoch: Long): KnownStream {
        val info = channel.request("STREAM", "INFO", stream, target = ApiTarget(stream))
        if (known.size >= MOST_KNOWN) known.clear()
        return KnownStream(stream, connection, epoch, info.obj("config")).also { known[stream to connection] = it }
    }

    private companion object {
        /** Nobody publishes to that many streams with what has to be looked up; and if so, they are asked again. */
        const val MOST_KNOWN = 1024
    }
}
