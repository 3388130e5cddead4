package dev.midge.nats.jetstream

import dev.midge.nats.NatsException
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * Every exception of JetStream. What the connection itself cannot do is told by the core's exceptions. A later version may have more of them:
 * give a `when` over it an `else`.
 */
public sealed class JetStreamException(message: String, cause: Throwable? = null) : NatsException(message, cause)

/** The account has no JetStream, the server has none, or no server knows the domain or the prefix. */
public class JetStreamNotEnabledException internal constructor(
    /** The subject that nobody answers. */
    @get:JvmName("subject") public val subject: String,
    cause: Throwable?,
) : JetStreamException(
    "JetStream does not answer on '$subject': it is not enabled for this account or on this server, or the domain or prefix is wrong",
    cause,
)

/**
 * No answer came in time. That does not say whether the request was carried out.
 *
 * Servers are silent where a request is newer than they are, and while their cluster has no leader.
 */
public class JetStreamTimeoutException internal constructor(
    /** Where the request went. */
    @get:JvmName("subject") public val subject: String,
    /** The stream it was about, or `null`. */
    @get:JvmName("stream") public val stream: String?,
    /** The consumer it was about, or `null`. */
    @get:JvmName("consumer") public val consumer: String?,
    /** How long was waited. */
    public val timeout: Duration,
    cause: Throwable?,
) : JetStreamException("no answer on '$subject'${named(stream, consumer)} within $timeout", cause) {
    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration = timeout.toJavaDuration()
}

/** A server has answered with something else than the protocol says. */
public class MalformedResponseException internal constructor(subject: String, text: String, cause: Throwable?) :
    JetStreamException("the answer on '$subject' is not what JetStream answers: '${text.take(SHOWN)}'", cause) {
    private companion object {
        const val SHOWN = 200
    }
}

/** The server is too old for what was asked; nothing was sent that it would misread, or what it left out is named. */
public class FeatureNotSupportedException internal constructor(
    /** What was asked for. */
    @get:JvmName("feature") public val feature: String,
    /** The first release of nats-server that has it. */
    @get:JvmName("neededVersion") public val neededVersion: String,
    found: String,
) : JetStreamException("'$feature' needs nats-server $neededVersion or newer; $found") {
    internal constructor(feature: ServerFeature, level: Int) :
        this(feature.title, feature.version, "the servers have API level $level, where ${feature.level} is needed")
}

/**
 * The server refuses a request.
 *
 * @see ApiErrorCodes
 */
public open class JetStreamApiException internal constructor(details: Details) : JetStreamException(details.message) {
    /** A code in the manner of HTTP, such as 404. */
    @get:JvmName("code")
    public val code: Int = details.code

    /** What failed, one of [ApiErrorCodes]; the same in every release. */
    @get:JvmName("errorCode")
    public val errorCode: Int = details.errorCode

    /** The server's own words, which differ between releases. */
    @get:JvmName("description")
    public val description: String = details.description

    /** Where the request went. */
    @get:JvmName("subject")
    public val subject: String = details.subject

    /** The stream it was about, or `null`. */
    @get:JvmName("stream")
    public val stream: String? = details.stream

    /** The consumer it was about, or `null`. */
    @get:JvmName("consumer")
    public val consumer: String? = details.consumer

    internal class Details(
        val code: Int,
        val errorCode: Int,
        val description: String,
        val subject: String,
        val stream: String?,
        val consumer: String?,
    ) {
        val message: String
            get() = "$description (error $errorCode)${named(stream, consumer)}; asked on '$subject'"
    }
}

/** There is no stream of that name. */
public class StreamNotFoundException internal constructor(details: Details) : JetStreamApiException(details)

/** There is no consumer of that name. */
public class ConsumerNotFoundException internal constructor(details: Details) : JetStreamApiException(details)

/** The stream has no such message, or no more. */
public class MessageNotFoundException internal constructor(details: Details) : JetStreamApiException(details)

/** There is a stream of that name with another configuration: update it instead. */
public class StreamExistsException internal constructor(details: Details) : JetStreamApiException(details)

/** There is a consumer of that name with another configuration: update it instead. */
public class ConsumerExistsException internal constructor(details: Details) : JetStreamApiException(details)

/**
 * The stream's last message, of this subject or of all, is not the one that the publisher expected. Nothing was stored.
 *
 * @property actual the sequence that it has, where the server says so.
 */
public class WrongLastException internal constructor(details: Details, @get:JvmName("actual") public val actual: Long?) :
    JetStreamApiException(details)

/** A stream, an account or a server is full. Nothing was stored; there may be room later. */
public class LimitReachedException internal constructor(details: Details) : JetStreamApiException(details)

/**
 * A stream could not be saved, or what was saved could not be restored.
 *
 * @property stream its name, or `null` if what was saved does not even say that.
 */
public class BackupException internal constructor(
    @get:JvmName("stream") public val stream: String?,
    reason: String,
    cause: Throwable? = null,
) : JetStreamException("the backup${stream?.let { " of stream '$it'" } ?: ""} cannot be used: $reason", cause)

private fun named(stream: String?, consumer: String?): String =
    (stream?.let { " for stream '$it'" } ?: "") + (consumer?.let { ", consumer '$it'" } ?: "")
