package dev.midge.nats.services

import dev.midge.nats.services.internal.objects
import dev.midge.nats.services.internal.text
import dev.midge.nats.services.internal.textMap
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import java.time.format.DateTimeParseException

/** What an instance of a service says of itself (ADR-32). */
public sealed class ServiceAnswer(json: JsonObject) : JsonValue(json) {
    /** The id of the instance, which no other one has. */
    @get:JvmName("id")
    public val id: String
        get() = json.text("id")

    /** The name of the service. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** The version of the service, by the rules of Semantic Versioning. */
    @get:JvmName("version")
    public val version: String
        get() = json.text("version")

    /** What the service has for those who know its names; empty if there is nothing. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = json.textMap("metadata")
}

/** That an instance is there, and which one: its answer to `$SRV.PING`. */
public class ServicePing internal constructor(json: JsonObject) : ServiceAnswer(json)

/** What an instance does: its answer to `$SRV.INFO`. */
public class ServiceInfo internal constructor(json: JsonObject) : ServiceAnswer(json) {
    /** What the service is for, or an empty string. */
    @get:JvmName("description")
    public val description: String
        get() = json.text("description")

    /** What may be asked for, in the order in which it was added. */
    @get:JvmName("endpoints")
    public val endpoints: List<EndpointInfo>
        get() = json.objects("endpoints").map(::EndpointInfo)
}

/** What an instance has done: its answer to `$SRV.STATS`. */
public class ServiceStats internal constructor(json: JsonObject) : ServiceAnswer(json) {
    /** When the instance was started; the beginning of 1970 if it does not say so. */
    @get:JvmName("started")
    public val started: Instant
        get() = try {
            Instant.parse(json.text("started"))
        } catch (_: DateTimeParseException) {
            Instant.EPOCH
        }

    /** The counters, an endpoint each, in the order in which they were added. */
    @get:JvmName("endpoints")
    public val endpoints: List<EndpointStats>
        get() = json.objects("endpoints").map(::EndpointStats)
}
