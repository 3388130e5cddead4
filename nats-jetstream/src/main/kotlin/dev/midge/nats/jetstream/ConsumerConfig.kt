package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.choice
import dev.midge.nats.jetstream.internal.api.duration
import dev.midge.nats.jetstream.internal.api.durations
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.numberOrNull
import dev.midge.nats.jetstream.internal.api.ownMetadata
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.texts
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * How a consumer delivers, as a server keeps it. Immutable. Equal to another one with the same JSON.
 *
 * Fields that this version does not know stay in it: an update sends them back as they were.
 */
public class ConsumerConfig internal constructor(json: JsonObject) : JsonValue(json) {
    /** Its name, which the server makes up for one that has none. */
    @get:JvmName("name")
    public val name: String
        get() = json.textOrNull("name") ?: json.text("durable_name")

    /** Whether it stays when nobody uses it. */
    @get:JvmName("isDurable")
    public val isDurable: Boolean
        get() = "durable_name" in json

    /** What it is for, at most 4,096 bytes; or `null`. */
    @get:JvmName("description")
    public val description: String?
        get() = json.textOrNull("description")

    /** Texts of its makers, without those that servers add, whose names begin with `_nats.`. Needs nats-server 2.10. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = json.ownMetadata()

    /** Where it begins. */
    @get:JvmName("deliverPolicy")
    public val deliverPolicy: DeliverPolicy
        get() = json.choice("deliver_policy", DeliverPolicy.entries, DeliverPolicy::wireName)

    /** The sequence it begins with, for [DeliverPolicy.BY_START_SEQUENCE]. */
    @get:JvmName("startSequence")
    public val startSequence: Long?
        get() = json.numberOrNull("opt_start_seq")

    /** The time it begins with, for [DeliverPolicy.BY_START_TIME]. */
    @get:JvmName("startTime")
    public val startTime: Instant?
        get() = json.time("opt_start_time")

    /** What it expects for each message. */
    @get:JvmName("ackPolicy")
    public val ackPolicy: AckPolicy
        get() = json.choice("ack_policy", AckPolicy.entries, AckPolicy::wireName)

    /** How long it waits for an acknowledgement before it delivers again. */
    public val ackWait: Duration
        get() = json.duration("ack_wait")

    /** How often it delivers a message at most; -1 is without a limit. */
    @get:JvmName("maxDeliver")
    public val maxDeliver: Int
        get() = if ("max_deliver" in json) json.int("max_deliver") else -1

    /** What takes the place of [ackWait] after the first, second and further deliveries; the last one stays. */
    @get:JvmSynthetic
    public val backoff: List<Duration>
        get() = json.durations("backoff")

    /** How many messages may wait for their acknowledgement; -1 is without a limit. */
    @get:JvmName("maxAckPending")
    public val maxAckPending: Int
        get() = json.int("max_ack_pending")

    /** The subjects it delivers, with wildcards; empty for all of its stream. */
    @get:JvmName("filterSubjects")
    public val filterSubjects: List<String>
        get() = json.texts("filter_subjects").ifEmpty { listOfNotNull(json.textOrNull("filter_subject")) }

    /** How fast it delivers what is stored already. */
    @get:JvmName("replayPolicy")
    public val replayPolicy: ReplayPolicy
        get() = json.choice("replay_policy", ReplayPolicy.entries, ReplayPolicy::wireName)

    /** Of how many acknowledgements the server tells how long they took, such as `30%`; or `null`. */
    @get:JvmName("sampleFrequency")
    public val sampleFrequency: String?
        get() = json.textOrNull("sample_freq")

    /** Whether messages come without their payload, and with its length as the header `Nats-Msg-Size`. */
    @get:JvmName("isHeadersOnly")
    public val isHeadersOnly: Boolean
        get() = json.flag("headers_only")

    /** How many pulls may wait. */
    @get:JvmName("maxWaiting")
    public val maxWaiting: Int
        get() = json.int("max_waiting")

    /** How many messages one pull may ask for; 0 is without a limit. */
    @get:JvmName("maxBatch")
    public val maxBatch: Int
        get() = json.int("max_batch")

    /** How long one pull may wait; 0 is without a limit. */
    public val maxExpires: Duration
        get() = json.duration("max_expires")

    /** How many bytes one pull may ask for; 0 is without a limit. */
    @get:JvmName("maxBytes")
    public val maxBytes: Int
        get() = json.int("max_bytes")

    /** After how long without a pull it is removed; 0 is never. */
    public val inactiveThreshold: Duration
        get() = json.duration("inactive_threshold")

    /** How many servers keep its state; 0 is as many as keep the stream. */
    @get:JvmName("replicas")
    public val replicas: Int
        get() = json.int("num_replicas")

    /** Whether its state is kept in memory alone. */
    @get:JvmName("isMemoryStorage")
    public val isMemoryStorage: Boolean
        get() = json.flag("mem_storage")

    /** Until when it delivers nothing, or `null`. */
    @get:JvmName("pauseUntil")
    public val pauseUntil: Instant?
        get() = json.time("pause_until")

    /** The groups that clients pull by; empty for none. */
    @get:JvmName("priorityGroups")
    public val priorityGroups: List<String>
        get() = json.texts("priority_groups")

    /** Who of them is served. */
    @get:JvmName("priorityPolicy")
    public val priorityPolicy: PriorityPolicy
        get() = json.choice("priority_policy", PriorityPolicy.entries, PriorityPolicy::wireName)

    /** After how long without a pull a client is no more pinned. */
    public val priorityTimeout: Duration
        get() = json.duration("priority_timeout")

    /** Where a push consumer delivers; `null` for one that is pulled. */
    @get:JvmName("deliverSubject")
    public val deliverSubject: String?
        get() = json.textOrNull("deliver_subject")

    /** The queue group of a push consumer, or `null`. */
    @get:JvmName("deliverGroup")
    public val deliverGroup: String?
        get() = json.textOrNull("deliver_group")

    /** Whether a push consumer waits for answers to its flow control. */
    @get:JvmName("hasFlowControl")
    public val hasFlowControl: Boolean
        get() = json.flag("flow_control")

    /** After how long without a message a push consumer says that it is there; 0 is never. */
    public val idleHeartbeat: Duration
        get() = json.duration("idle_heartbeat")

    /** How fast a push consumer delivers, in bits a second; 0 is without a limit. */
    @get:JvmName("rateLimit")
    public val rateLimit: Long
        get() = json.number("rate_limit_bps")

    /** The property of the same name, for Java. */
    public fun ackWait(): JavaDuration = ackWait.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun backoff(): List<JavaDuration> = backoff.map { it.toJavaDuration() }

    /** The property of the same name, for Java. */
    public fun maxExpires(): JavaDuration = maxExpires.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun inactiveThreshold(): JavaDuration = inactiveThreshold.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun priorityTimeout(): JavaDuration = priorityTimeout.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun idleHeartbeat(): JavaDuration = idleHeartbeat.toJavaDuration()

    /** A builder with this configuration, for others that differ. */
    public fun toBuilder(): ConsumerConfigBuilder = ConsumerConfigBuilder(json)

    /** Where configurations begin. */
    public companion object {
        /** A builder with the defaults: each message is acknowledged, the rest is up to the server. */
        @JvmStatic
        public fun builder(): ConsumerConfigBuilder = ConsumerConfigBuilder(JsonObject(emptyMap()))
    }
}
