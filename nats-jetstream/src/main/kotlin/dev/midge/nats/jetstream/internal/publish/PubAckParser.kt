package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiFailures
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.numberOrNull
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.textOrNull
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import java.math.BigInteger

/**
 * Reads acknowledgements. Nearly all of them are a flat object of four fields that it knows: those are read from the bytes, and anything
 * else by the JSON parser, with the same result. Safe to share between threads.
 */
internal class PubAckParser {
    /** The stream of the last acknowledgement: the next one is nearly always of the same, and needs no text of its own. */
    @Volatile
    private var lastStream: FlatJson.Text? = null

    /**
     * The acknowledgement that [message] is, of a publish to [subject].
     *
     * @throws dev.midge.nats.jetstream.JetStreamApiException if the stream refuses the message; also the others of [ApiFailures].
     * @throws MalformedResponseException if it is no acknowledgement.
     */
    fun parse(subject: String, message: NatsMessage): PublishAck = flat(message.payload) ?: ofJson(subject, message)

    /** `null` for all that is not as usual: the JSON parser says what it is. */
    internal fun flat(bytes: ByteArray): PublishAck? {
        val json = FlatJson(bytes)
        var stream: FlatJson.Text? = null
        var domain: FlatJson.Text? = null
        var sequence = -1L
        var duplicate = false
        if (!json.takes('{')) return null
        do {
            when {
                json.hasKey(STREAM) -> stream = json.text(lastStream) ?: return null
                json.hasKey(SEQUENCE) -> sequence = json.number().also { if (it < 0) return null }
                json.hasKey(DOMAIN) -> domain = json.text(null) ?: return null
                json.hasKey(DUPLICATE) -> duplicate = json.flag() ?: return null
                else -> return null
            }
        } while (json.takes(','))
        if (!json.takes('}') || !json.isAtEnd || stream == null || sequence < 0) return null
        lastStream = stream
        return PublishAck(stream.value, sequence, domain?.value, duplicate)
    }

    internal fun ofJson(subject: String, message: NatsMessage): PublishAck {
        val json = ApiChannel.parse(subject, message)
        fail(subject, json, message)
        val stream = json.textOrNull("stream") ?: throw malformed(subject, message)
        val sequence = json.numberOrNull("seq")?.takeIf { it >= 0 } ?: throw malformed(subject, message)
        val value = json.textOrNull("val")?.let { it.toBigIntegerOrNull() ?: throw malformed(subject, message) }
        return PublishAck(
            stream,
            sequence,
            json.textOrNull("domain"),
            json.flag("duplicate"),
            value,
            json.textOrNull("batch"),
            json.number("count"),
        )
    }

    /** Whatever else is there: with an error it is no acknowledgement. */
    private fun fail(subject: String, json: JsonObject, message: NatsMessage) {
        when (json["error"]) {
            null, JsonNull -> return
            !is JsonObject -> throw malformed(subject, message)
            else -> throw ApiFailures.of(checkNotNull(json.objectOrNull("error")), subject, ApiTarget(json.textOrNull("stream")))
        }
    }

    private fun malformed(subject: String, message: NatsMessage) = MalformedResponseException(subject, message.text(), null)

    private fun String.toBigIntegerOrNull(): BigInteger? = if (length <= LONGEST_VALUE) toBigIntegerOrNull(DECIMAL) else null

    companion object {
        private val BEGIN = "{\"stream\"".encodeToByteArray()

        /** Whether [bytes] begin as servers write an acknowledgement; an error comes first where there is one. Fit for the reader. */
        fun beginsAsAck(bytes: ByteArray): Boolean = bytes.size > BEGIN.size && BEGIN.indices.all { bytes[it] == BEGIN[it] }

        private val STREAM = "stream".encodeToByteArray()
        private val SEQUENCE = "seq".encodeToByteArray()
        private val DOMAIN = "domain".encodeToByteArray()
        private val DUPLICATE = "duplicate".encodeToByteArray()

        private const val DECIMAL = 10

        /** Digits of a counter that a server may make us read. */
        private const val LONGEST_VALUE = 100_000
    }
}
