package dev.midge.nats.services

import dev.midge.nats.services.internal.number
import dev.midge.nats.services.internal.text
import dev.midge.nats.services.internal.textMap
import dev.midge.nats.services.internal.textOrNull
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/** What an instance says of one of its endpoints (ADR-32). */
public sealed class EndpointAnswer(json: JsonObject) : JsonValue(json) {
    /** What it is called; others of the service may be called the same. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** Where requests for it go; there may be wildcards in it. */
    @get:JvmName("subject")
    public val subject: String
        get() = json.text("subject")

    /** The queue group in which instances share the requests; `null` if each gets them all. */
    @get:JvmName("queueGroup")
    public val queueGroup: String?
        get() = json.textOrNull("queue_group")
}

/** What an endpoint is. */
public class EndpointInfo internal constructor(json: JsonObject) : EndpointAnswer(json) {
    /** What the endpoint has for those who know its names; empty if there is nothing. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = json.textMap("metadata")
}

/** What an endpoint has done since the service was started or its counters were set to zero. */
public class EndpointStats internal constructor(json: JsonObject) : EndpointAnswer(json) {
    /** How many requests were handled, those that failed included. */
    @get:JvmName("requests")
    public val requests: Long
        get() = json.number("num_requests")

    /** How many of them failed, or could not be answered. */
    @get:JvmName("errors")
    public val errors: Long
        get() = json.number("num_errors")

    /** The last error, as `code:description`, or `null`. */
    @get:JvmName("lastError")
    public val lastError: String?
        get() = json.textOrNull("last_error")

    /** The time that handlers took, all together. */
    public val processingTime: Duration
        get() = json.number("processing_time").nanoseconds

    /** The time that a handler took in the middle; zero if there was no request. */
    public val averageProcessingTime: Duration
        get() = json.number("average_processing_time").nanoseconds

    /** What the endpoint itself adds, as JSON, or `null`. */
    @get:JvmName("data")
    public val data: String?
        get() = json["data"]?.takeIf { it !is JsonNull }?.toString()

    /** The property of the same name, for Java. */
    public fun processingTime(): JavaDuration = processingTime.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun averageProcessingTime(): JavaDuration = averageProcessingTime.toJavaDuration()
}
