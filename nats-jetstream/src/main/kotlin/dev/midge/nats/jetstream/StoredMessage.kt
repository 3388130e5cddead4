package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.NatsOperations
import java.time.Instant

/**
 * A message as a stream holds it: read by its place, not delivered by a consumer, so there is nothing to acknowledge. The array is the message's
 * own.
 */
public class StoredMessage internal constructor(
    /** The stream that has answered; a mirror's name, if that did. */
    @get:JvmName("stream") public val stream: String,
    /** The subject it was stored under. */
    @get:JvmName("subject") public val subject: String,
    /** Its sequence in the stream. */
    @get:JvmName("sequence") public val sequence: Long,
    /** When it was stored, by the server's clock. */
    @get:JvmName("time") public val time: Instant,
    /** The headers it was published with, and those the server has stored with it. */
    @get:JvmName("headers") public val headers: Headers,
    /** Its bytes; empty if there are none. */
    @get:JvmName("payload") public val payload: ByteArray,
    /** Whose codecs it is decoded by. */
    @PublishedApi @get:JvmSynthetic internal val nats: NatsOperations,
) {
    /** The payload as UTF-8 text; malformed sequences become U+FFFD. */
    public fun text(): String = payload.decodeToString()

    override fun toString(): String = "StoredMessage($stream, $subject, sequence=$sequence, time=$time, payload=${payload.size} B)"
}
