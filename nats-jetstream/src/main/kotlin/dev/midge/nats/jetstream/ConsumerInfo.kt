package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.duration
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/** What a server says of a consumer, at one moment. Immutable. Equal to another one with the same JSON. */
public class ConsumerInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** The name of its stream. */
    @get:JvmName("stream")
    public val stream: String
        get() = json.text("stream_name")

    /** Its name. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** When it was made. */
    @get:JvmName("created")
    public val created: Instant?
        get() = json.time("created")

    /** The server's clock when it said this; `null` from servers before 2.10. */
    @get:JvmName("serverTime")
    public val serverTime: Instant?
        get() = json.time("ts")

    /** How it is configured, with what the server has filled in. */
    @get:JvmName("config")
    public val config: ConsumerConfig
        get() = ConsumerConfig(json.obj("config"))

    /** The last message that was delivered. */
    @get:JvmName("delivered")
    public val delivered: ConsumerPosition
        get() = ConsumerPosition(json.obj("delivered"))

    /** The last message that is acknowledged with all before it. */
    @get:JvmName("ackFloor")
    public val ackFloor: ConsumerPosition
        get() = ConsumerPosition(json.obj("ack_floor"))

    /** How many messages wait for their acknowledgement. */
    @get:JvmName("ackPending")
    public val ackPending: Long
        get() = json.number("num_ack_pending")

    /** How many of these were delivered more than once. */
    @get:JvmName("redelivered")
    public val redelivered: Long
        get() = json.number("num_redelivered")

    /** How many pulls wait. */
    @get:JvmName("waitingPulls")
    public val waitingPulls: Int
        get() = json.int("num_waiting")

    /** How many messages are still to be delivered for the first time. */
    @get:JvmName("pending")
    public val pending: Long
        get() = json.number("num_pending")

    /** Whether somebody listens where a push consumer delivers. */
    @get:JvmName("isPushBound")
    public val isPushBound: Boolean
        get() = json.flag("push_bound")

    /** Whether it is paused. */
    @get:JvmName("isPaused")
    public val isPaused: Boolean
        get() = json.flag("paused")

    /** How long it stays paused. */
    public val pauseRemaining: Duration
        get() = json.duration("pause_remaining")

    /** The servers that keep it, or `null` if the server stands alone. */
    @get:JvmName("cluster")
    public val cluster: ClusterInfo?
        get() = json.objectOrNull("cluster")?.let(::ClusterInfo)

    /** Its priority groups and who is pinned. */
    @get:JvmName("priorityGroups")
    public val priorityGroups: List<PriorityGroupInfo>
        get() = json.objects("priority_groups").map(::PriorityGroupInfo)

    /** The property of the same name, for Java. */
    public fun pauseRemaining(): JavaDuration = pauseRemaining.toJavaDuration()
}

/** How far a consumer has come. */
public class ConsumerPosition internal constructor(json: JsonObject) : JsonValue(json) {
    /** By its own count of deliveries. */
    @get:JvmName("consumerSequence")
    public val consumerSequence: Long
        get() = json.number("consumer_seq")

    /** By the sequence of its stream. */
    @get:JvmName("streamSequence")
    public val streamSequence: Long
        get() = json.number("stream_seq")

    /** When, or `null` if never. */
    @get:JvmName("lastActive")
    public val lastActive: Instant?
        get() = json.time("last_active")
}

/** One priority group of a consumer. */
public class PriorityGroupInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** Its name. */
    @get:JvmName("group")
    public val group: String
        get() = json.text("group")

    /** Whom the server has pinned, or `null`. */
    @get:JvmName("pinnedClientId")
    public val pinnedClientId: String?
        get() = json.textOrNull("pinned_client_id")

    /** Since when, or `null`. */
    @get:JvmName("pinnedSince")
    public val pinnedSince: Instant?
        get() = json.time("pinned_ts")
}
