package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.duration
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.numberMap
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.longOrNull
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/** A stream as its server describes it, at one moment. Immutable; [toString] shows all that the server said. */
public class StreamInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** Its configuration, with what the server has filled in. */
    @get:JvmName("config")
    public val config: StreamConfig = StreamConfig(json.obj("config"))

    /** What it holds. */
    @get:JvmName("state")
    public val state: StreamState = StreamState(json.obj("state"))

    /** When it was made. */
    @get:JvmName("created")
    public val created: Instant
        get() = json.time("created") ?: Instant.EPOCH

    /** The server's clock when it answered, or `null` before nats-server 2.10. */
    @get:JvmName("timestamp")
    public val timestamp: Instant?
        get() = json.time("ts")

    /** Its JetStream domain, or `null`. */
    @get:JvmName("domain")
    public val domain: String?
        get() = json.textOrNull("domain")

    /** The servers that keep it, or `null` if the server stands alone. */
    @get:JvmName("cluster")
    public val cluster: ClusterInfo?
        get() = json.objectOrNull("cluster")?.let(::ClusterInfo)

    /** How far it is behind what it mirrors, or `null`. */
    @get:JvmName("mirror")
    public val mirror: StreamSourceInfo?
        get() = json.objectOrNull("mirror")?.let(::StreamSourceInfo)

    /** How far it is behind each of its sources. */
    @get:JvmName("sources")
    public val sources: List<StreamSourceInfo>
        get() = json.objects("sources").map(::StreamSourceInfo)
}

/** What a stream holds. */
public class StreamState internal constructor(json: JsonObject) : JsonValue(json) {
    /** How many messages. */
    @get:JvmName("messages")
    public val messages: Long
        get() = json.number("messages")

    /** How many bytes they take in the store. */
    @get:JvmName("bytes")
    public val bytes: Long
        get() = json.number("bytes")

    /** The sequence of the first message; one more than [lastSequence] if there is none any more, 0 if there never was one. */
    @get:JvmName("firstSequence")
    public val firstSequence: Long
        get() = json.number("first_seq")

    /** When the first message was stored, or `null` if there is none. */
    @get:JvmName("firstTime")
    public val firstTime: Instant?
        get() = json.time("first_ts")

    /** The sequence of the last message that was stored, whether it is still there or not. */
    @get:JvmName("lastSequence")
    public val lastSequence: Long
        get() = json.number("last_seq")

    /** When that was, or `null`. */
    @get:JvmName("lastTime")
    public val lastTime: Instant?
        get() = json.time("last_ts")

    /** How many subjects have messages. */
    @get:JvmName("subjectCount")
    public val subjectCount: Long
        get() = json.number("num_subjects")

    /** How many messages are missing between the first and the last. */
    @get:JvmName("deletedCount")
    public val deletedCount: Long
        get() = json.number("num_deleted")

    /** Their sequences, if they were asked for. */
    @get:JvmName("deleted")
    public val deleted: List<Long>
        get() = (json["deleted"] as? JsonArray).orEmpty().mapNotNull { (it as? JsonPrimitive)?.longOrNull }

    /** How many consumers it has. */
    @get:JvmName("consumerCount")
    public val consumerCount: Long
        get() = json.number("consumer_count")

    internal val subjects: Map<String, Long>
        get() = json.numberMap("subjects")
}

/** The servers that keep a stream or a consumer. */
public class ClusterInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** The cluster's name. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** The name of the server that leads, or `null` while there is none. */
    @get:JvmName("leader")
    public val leader: String?
        get() = json.textOrNull("leader")

    /** The other servers. */
    @get:JvmName("replicas")
    public val replicas: List<Replica>
        get() = json.objects("replicas").map(::Replica)

    /** A server that follows the leader. */
    public class Replica internal constructor(json: JsonObject) : JsonValue(json) {
        /** Its name. */
        @get:JvmName("name")
        public val name: String
            get() = json.text("name")

        /** Whether it has all that the leader has. */
        @get:JvmName("current")
        public val current: Boolean
            get() = json.flag("current")

        /** Whether the leader does not hear of it. */
        @get:JvmName("offline")
        public val offline: Boolean
            get() = json.flag("offline")

        /** How long ago the leader heard of it. */
        public val active: Duration
            get() = json.duration("active")

        /** How many operations it is behind. */
        @get:JvmName("lag")
        public val lag: Long
            get() = json.number("lag")

        /** The property of the same name, for Java. */
        public fun active(): JavaDuration = active.toJavaDuration()
    }
}

/** How far a stream is behind one that it copies. */
public class StreamSourceInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** The name of that stream. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** How many messages it is behind. */
    @get:JvmName("lag")
    public val lag: Long
        get() = json.number("lag")

    /** How long ago it heard of that stream, or `null` if it never did. */
    public val active: Duration?
        get() = json.duration("active").takeUnless { it.isNegative() }

    /** Why it cannot copy, in the server's words, or `null`. */
    @get:JvmName("error")
    public val error: String?
        get() = json.objectOrNull("error")?.textOrNull("description")

    /** The property of the same name, for Java. */
    public fun active(): JavaDuration? = active?.toJavaDuration()
}
