package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.internal.publish.IngestSession

/** Publishes the messages of one [JetStream.ingest]. To be used by one coroutine at a time. */
@NatsOptionsDsl
public class Ingest internal constructor(
    private val session: IngestSession,
    /** Whose codecs values are encoded by. */
    @PublishedApi @get:JvmSynthetic internal val nats: NatsOperations,
) {
    /** How many messages were sent until now. */
    @get:JvmName("sent")
    public val sent: Long
        get() = session.sent

    /** How many of them, from the first one on, are known to be stored. */
    @get:JvmName("acknowledged")
    public val acknowledged: Long
        get() = session.acknowledged

    /**
     * Sends [payload] to [subject], a subject of the same stream as that of the first message. Waits while the server has enough to do with
     * what was sent. The array is copied before this returns.
     *
     * @throws IngestException if the ingestion has ended; which message it was is not said here.
     * @throws IllegalArgumentException if the stream does not take [subject].
     * @throws FeatureNotSupportedException if the servers are too old; nothing is sent. Also [FeatureNotEnabledException] for the stream.
     */
    public suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers = Headers.Empty): Unit =
        session.publish(subject, payload, headers)

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: ByteArray, headers: Headers = Headers.Empty): Unit =
        session.publish(Subject(subject), payload, headers)
}
