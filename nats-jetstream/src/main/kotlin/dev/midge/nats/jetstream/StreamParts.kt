package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.duration
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.texts
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** Which servers keep a stream. Immutable. */
public class Placement internal constructor(json: JsonObject) : JsonValue(json) {
    /** The servers of [cluster] that have all [tags]. */
    @JvmOverloads
    public constructor(cluster: String?, tags: List<String> = emptyList()) : this(
        Fields().apply {
            textOrNull("cluster").set(cluster)
            texts("tags").set(tags)
        }.json(),
    )

    /** The cluster's name, or `null` for any. */
    @get:JvmName("cluster")
    public val cluster: String?
        get() = json.textOrNull("cluster")

    /** What the servers have to be tagged with. */
    @get:JvmName("tags")
    public val tags: List<String>
        get() = json.texts("tags")
}

/** What a subject becomes. Immutable. */
public class SubjectTransform internal constructor(json: JsonObject) : JsonValue(json) {
    /** What matches [source] is called [destination], where `{{wildcard(1)}}` and the like stand for tokens; empty keeps the subject. */
    public constructor(source: String, destination: String) : this(
        Fields().apply {
            text("src").set(source)
            text("dest").set(destination)
        }.json(),
    )

    /** The subjects that it concerns, with wildcards. */
    @get:JvmName("source")
    public val source: String
        get() = json.text("src")

    /** What they become. */
    @get:JvmName("destination")
    public val destination: String
        get() = json.text("dest")
}

/** Where copies of stored messages are published, at most once each. Immutable. */
public class Republish internal constructor(json: JsonObject) : JsonValue(json) {
    /** What matches [source] is published to [destination]; with [headersOnly] without its payload. */
    @JvmOverloads
    public constructor(source: String, destination: String, headersOnly: Boolean = false) : this(
        Fields().apply {
            text("src").set(source)
            text("dest").set(destination)
            flag("headers_only").set(headersOnly)
        }.json(),
    )

    /** The subjects that it concerns, with wildcards. */
    @get:JvmName("source")
    public val source: String
        get() = json.text("src")

    /** Where the copies go. */
    @get:JvmName("destination")
    public val destination: String
        get() = json.text("dest")

    /** Whether the copies have no payload, but its size in `Nats-Msg-Size`. */
    @get:JvmName("headersOnly")
    public val headersOnly: Boolean
        get() = json.flag("headers_only")
}

/** What the consumers of a stream have unless they say otherwise, and have at most. Immutable. */
public class ConsumerLimits internal constructor(json: JsonObject) : JsonValue(json) {
    /** How long a consumer without a use stays, and how many of its messages may be unacknowledged; `null` and 0 leave it to the server. */
    public constructor(inactiveThreshold: Duration? = null, maxAckPending: Int = 0) : this(
        Fields().apply {
            duration("inactive_threshold").set(inactiveThreshold ?: Duration.ZERO)
            int("max_ack_pending").set(maxAckPending)
        }.json(),
    )

    /** How long a consumer without a use stays; zero if it is not said. */
    public val inactiveThreshold: Duration
        get() = json.duration("inactive_threshold")

    /** How many messages of a consumer may be unacknowledged; 0 if it is not said. */
    @get:JvmName("maxAckPending")
    public val maxAckPending: Int
        get() = json.int("max_ack_pending")

    /** The property of the same name, for Java. */
    public fun inactiveThreshold(): JavaDuration = inactiveThreshold.toJavaDuration()

    /** The same for Java. */
    public companion object {
        /** Limits, where `null` and 0 leave it to the server. */
        @JvmStatic
        public fun of(inactiveThreshold: JavaDuration?, maxAckPending: Int): ConsumerLimits =
            ConsumerLimits(inactiveThreshold?.toKotlinDuration(), maxAckPending)
    }
}
