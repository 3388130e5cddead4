package dev.midge.nats.services

import dev.midge.nats.services.internal.obj
import dev.midge.nats.services.internal.objects
import dev.midge.nats.services.internal.text
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** A server that a message would come to, what it would do with it, and the servers that would get it from there. */
public class TracedServer internal constructor(
    json: JsonObject,
    /** The servers that get the message from this one, and have said so. */
    @get:JvmName("next") public val next: List<TracedServer>,
) : JsonValue(json) {
    /** The name of the server. */
    @get:JvmName("name")
    public val name: String
        get() = json.obj("server").text("name")

    /** Its id. */
    @get:JvmName("id")
    public val id: String
        get() = json.obj("server").text("id")

    /** Its version. */
    @get:JvmName("version")
    public val version: String
        get() = json.obj("server").text("ver")

    /** Its cluster, or an empty string. */
    @get:JvmName("cluster")
    public val cluster: String
        get() = json.obj("server").text("cluster")

    /** What it would do, in order. */
    @get:JvmName("events")
    public val events: List<TraceEvent>
        get() = json.objects("events").map(::TraceEvent)

    internal companion object {
        /** What the server before has called this one; `null` if the message has come from the client. */
        fun hopOf(answer: JsonObject): String? =
            ((answer.obj("request").obj("header")["Nats-Trace-Hop"] as? JsonArray)?.firstOrNull() as? JsonPrimitive)?.content
    }
}
