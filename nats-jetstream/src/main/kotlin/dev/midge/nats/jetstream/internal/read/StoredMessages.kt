package dev.midge.nats.jetstream.internal.read

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.parseTime
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import java.util.Base64

/** Makes stored messages of the two answers that servers have for them. */
internal object StoredMessages {
    private const val STREAM = "Nats-Stream"
    private const val SUBJECT = "Nats-Subject"
    private const val SEQUENCE = "Nats-Sequence"
    private const val TIME = "Nats-Time-Stamp"
    private const val PENDING = "Nats-Num-Pending"
    private const val LAST = "Nats-Last-Sequence"
    private val ADDED = listOf(STREAM, SUBJECT, SEQUENCE, TIME)
    private val ADDED_IN_BATCHES = ADDED + listOf(PENDING, LAST)

    /**
     * From a direct get: where it is from stands in headers behind its own. A copied message may have such headers itself, so the last one of
     * each name counts, and that one alone is not the publisher's.
     */
    fun ofDirect(nats: NatsOperations, answer: NatsMessage, isInBatch: Boolean): StoredMessage {
        val headers = answer.headers.toMap()
        val sequence = headers.last(SEQUENCE)?.toLongOrNull() ?: throw malformed(answer, SEQUENCE)
        return StoredMessage(
            headers.last(STREAM) ?: throw malformed(answer, STREAM),
            headers.last(SUBJECT) ?: throw malformed(answer, SUBJECT),
            sequence,
            headers.last(TIME)?.let(::parseTime) ?: throw malformed(answer, TIME),
            own(headers, if (isInBatch) ADDED_IN_BATCHES else ADDED),
            answer.payload,
            nats,
        )
    }

    private fun own(headers: Map<String, List<String>>, added: List<String>): Headers {
        var own = Headers.Empty
        for ((name, values) in headers) {
            val kept = if (name in added) values.dropLast(1) else values
            kept.forEach { own = own.with(name, it) }
        }
        return own
    }

    private fun Map<String, List<String>>.last(name: String): String? = get(name)?.last()

    private fun malformed(answer: NatsMessage, header: String) =
        MalformedResponseException(answer.subject, "no $header in ${answer.headers}", null)

    /** From the leader's JSON. */
    fun ofLeader(nats: NatsOperations, stream: String, message: JsonObject): StoredMessage = StoredMessage(
        stream,
        message.text("subject"),
        message.number("seq"),
        message.time("time") ?: Instant.EPOCH,
        message.textOrNull("hdrs")?.let(::headers) ?: Headers.Empty,
        message.textOrNull("data")?.let(Base64.getDecoder()::decode) ?: ByteArray(0),
        nats,
    )

    /** The block is the one of the protocol: a version line, then a line for each header. */
    private fun headers(base64: String): Headers {
        var headers = Headers.Empty
        for (line in Base64.getDecoder().decode(base64).decodeToString().split("\r\n").drop(1)) {
            val colon = line.indexOf(':')
            if (colon > 0) headers = headers.with(line.substring(0, colon), line.substring(colon + 1).trim())
        }
        return headers
    }
}
