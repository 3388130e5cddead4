package dev.midge.nats.jetstream

/**
 * No stream takes the subject, or the one that does has no leader for now. Nothing was stored by the attempts that ended so.
 *
 * @property subject where the message went.
 * @property attempts how often it was sent.
 */
public class NoStreamException internal constructor(
    @get:JvmName("subject") public val subject: String,
    @get:JvmName("attempts") public val attempts: Int,
) : JetStreamException("no stream takes '$subject'; tried ${if (attempts == 1) "once" else "$attempts times"}")

/**
 * The connection was lost before the acknowledgement came: the message may be stored or not.
 *
 * Sending it again stores it once if it has a message id, see [PublishOptions.resendAfterReconnect]. What further attempts ended with is
 * among the [suppressed][Throwable.getSuppressed] exceptions.
 *
 * @property subject where the message went.
 */
public class PublishUnconfirmedException internal constructor(@get:JvmName("subject") public val subject: String, cause: Throwable) :
    JetStreamException("the connection was lost before the acknowledgement of a message to '$subject': it may be stored or not", cause)

/**
 * A message of [JetStream.publishAll] was not acknowledged; the [cause] says why. All before it are stored. Those behind it that were sent
 * already may be stored or not.
 *
 * @property index which one, counted from 0: as many acknowledgements were emitted.
 * @property subject where it went.
 */
public class PublishAllException internal constructor(
    @get:JvmName("index") public val index: Long,
    @get:JvmName("subject") public val subject: String,
    cause: Throwable,
) : JetStreamException("message $index, to '$subject', was not acknowledged: ${cause.message}", cause)

/**
 * The stream's configuration does not allow what a message asks for; nothing was sent. Servers that do not know it would store such a
 * message like any other.
 *
 * @property feature what was asked for.
 * @property stream the stream that takes the subject.
 * @property setting the field of its configuration that has to be `true`.
 */
public class FeatureNotEnabledException internal constructor(
    @get:JvmName("feature") public val feature: String,
    @get:JvmName("stream") public val stream: String,
    @get:JvmName("setting") public val setting: String,
) : JetStreamException("the stream '$stream' does not allow '$feature': set '$setting' in its configuration")

/**
 * An ingestion has ended before all its messages were stored. The first [acknowledged] are stored; those behind may be stored or not.
 *
 * @property acknowledged how many messages, from the first one on, are known to be stored.
 * @property sent how many were sent.
 */
public class IngestException internal constructor(
    @get:JvmName("acknowledged") public val acknowledged: Long,
    @get:JvmName("sent") public val sent: Long,
    reason: String,
    cause: Throwable?,
) : JetStreamException("$reason; $acknowledged of $sent messages are known to be stored", cause)
