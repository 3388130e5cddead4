package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.choice
import dev.midge.nats.jetstream.internal.api.duration
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.numberOrNull
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.ownMetadata
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.texts
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * What a stream stores, how much of it, where and for how long. Immutable.
 *
 * It is the server's JSON: fields that this version does not know stay in a copy, so that an update loses nothing that others have set.
 */
public class StreamConfig internal constructor(json: JsonObject) : JsonValue(json) {
    /** Its name, a token of the API's subjects. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** What it is for, up to 4,096 bytes. Default none. */
    @get:JvmName("description")
    public val description: String?
        get() = json.textOrNull("description")

    /** Whose messages it stores; wildcards are allowed. Default its name, if it has neither [mirror] nor [sources]. */
    @get:JvmName("subjects")
    public val subjects: List<String>
        get() = json.texts("subjects")

    /** When a message is no longer kept. Default [Retention.LIMITS]. */
    @get:JvmName("retention")
    public val retention: Retention
        get() = json.choice("retention", Retention.entries, Retention::wireName)

    /** Where messages are kept. Cannot be changed. Default [Storage.FILE]. */
    @get:JvmName("storage")
    public val storage: Storage
        get() = json.choice("storage", Storage.entries, Storage::wireName)

    /** How many servers keep it, 1 to 5. Default 1. */
    @get:JvmName("replicas")
    public val replicas: Int
        get() = if ("num_replicas" in json) json.int("num_replicas") else 1

    /** What gives way when it is full. Default [Discard.OLD]. */
    @get:JvmName("discard")
    public val discard: Discard
        get() = json.choice("discard", Discard.entries, Discard::wireName)

    /** Whether a full subject refuses new messages too; needs [Discard.NEW] and [maxMessagesPerSubject]. Default `false`. */
    @get:JvmName("discardNewPerSubject")
    public val discardNewPerSubject: Boolean
        get() = json.flag("discard_new_per_subject")

    /** How many messages it keeps; -1 is unlimited. Default -1. */
    @get:JvmName("maxMessages")
    public val maxMessages: Long
        get() = json.numberOrNull("max_msgs") ?: -1

    /** How many messages it keeps of each subject; -1 is unlimited. Default -1. */
    @get:JvmName("maxMessagesPerSubject")
    public val maxMessagesPerSubject: Long
        get() = json.numberOrNull("max_msgs_per_subject") ?: -1

    /** How many bytes it keeps; -1 is unlimited. Default -1. */
    @get:JvmName("maxBytes")
    public val maxBytes: Long
        get() = json.numberOrNull("max_bytes") ?: -1

    /** The most bytes of one message, headers included; -1 is unlimited. Default -1. */
    @get:JvmName("maxMessageSize")
    public val maxMessageSize: Int
        get() = if ("max_msg_size" in json) json.int("max_msg_size") else -1

    /** How long it keeps a message, at least 100 ms; zero is for ever. Default zero. */
    public val maxAge: Duration
        get() = json.duration("max_age")

    /** How many consumers it has at most; -1 is unlimited. Default -1. */
    @get:JvmName("maxConsumers")
    public val maxConsumers: Int
        get() = if ("max_consumers" in json) json.int("max_consumers") else -1

    /** Whether it acknowledges nothing that is published to it. Default `false`. */
    @get:JvmName("noAck")
    public val noAck: Boolean
        get() = json.flag("no_ack")

    /** How long it knows the ids of messages, to store none twice; zero takes the server's 2 min, or [maxAge] if that is shorter. */
    public val duplicateWindow: Duration
        get() = json.duration("duplicate_window")

    /** Which servers keep it. Default any. */
    @get:JvmName("placement")
    public val placement: Placement?
        get() = json.objectOrNull("placement")?.let(::Placement)

    /** The stream that it copies, with sequences and times; it has no subjects then. Default none. */
    @get:JvmName("mirror")
    public val mirror: StreamSource?
        get() = json.objectOrNull("mirror")?.let(::StreamSource)

    /** Streams whose messages it takes in. Default none. */
    @get:JvmName("sources")
    public val sources: List<StreamSource>
        get() = json.objects("sources").map(::StreamSource)

    /** How a file keeps messages. From nats-server 2.10 on. Default [Compression.NONE]. */
    @get:JvmName("compression")
    public val compression: Compression
        get() = json.choice("compression", Compression.entries, Compression::wireName)

    /** The sequence of its first message, at its creation. From 2.10 on. Default 1, said by 0. */
    @get:JvmName("firstSequence")
    public val firstSequence: Long
        get() = json.number("first_seq")

    /** What becomes of subjects before all else. From 2.10 on. Default none. */
    @get:JvmName("subjectTransform")
    public val subjectTransform: SubjectTransform?
        get() = json.objectOrNull("subject_transform")?.let(::SubjectTransform)

    /** Where a copy of what was stored is published. Default nowhere. */
    @get:JvmName("republish")
    public val republish: Republish?
        get() = json.objectOrNull("republish")?.let(::Republish)

    /** Whether each replica answers reads, which may be behind the leader's. Default `false`. */
    @get:JvmName("allowDirect")
    public val allowDirect: Boolean
        get() = json.flag("allow_direct")

    /** Whether a mirror answers reads of its origin. Default `false`. */
    @get:JvmName("mirrorDirect")
    public val mirrorDirect: Boolean
        get() = json.flag("mirror_direct")

    /** Whether nothing can be stored or removed any more: by update only, for good. Default `false`. */
    @get:JvmName("sealed")
    public val sealed: Boolean
        get() = json.flag("sealed")

    /** Whether messages cannot be deleted by request; for good. Default `false`. */
    @get:JvmName("denyDelete")
    public val denyDelete: Boolean
        get() = json.flag("deny_delete")

    /** Whether it cannot be purged; for good. Default `false`. */
    @get:JvmName("denyPurge")
    public val denyPurge: Boolean
        get() = json.flag("deny_purge")

    /** Whether a message may replace all before it ([PublishOptions.rollup]). Default `false`. */
    @get:JvmName("allowRollup")
    public val allowRollup: Boolean
        get() = json.flag("allow_rollup_hdrs")

    /** Defaults and bounds of its consumers. From 2.10 on. Default none. */
    @get:JvmName("consumerLimits")
    public val consumerLimits: ConsumerLimits?
        get() = json.objectOrNull("consumer_limits")?.let(::ConsumerLimits)

    /** Texts of the user's own, 128 KiB at most. What the server adds under `_nats.` is not shown. From 2.10 on. Default none. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = json.ownMetadata()

    /** Whether messages may have a time to live of their own; for good. From 2.11 on. Default `false`. */
    @get:JvmName("allowMessageTtl")
    public val allowMessageTtl: Boolean
        get() = json.flag("allow_msg_ttl")

    /** How long a marker stands where the last message of a subject went by its age, in whole seconds; zero is none. From 2.11 on. Default zero. */
    public val subjectDeleteMarkerTtl: Duration
        get() = json.duration("subject_delete_marker_ttl")

    /** Whether its messages are counters. Cannot be changed. From 2.12 on. Default `false`. */
    @get:JvmName("allowCounters")
    public val allowCounters: Boolean
        get() = json.flag("allow_msg_counter")

    /** Whether batches are stored as a whole or not at all. From 2.12 on. Default `false`. */
    @get:JvmName("allowAtomicPublish")
    public val allowAtomicPublish: Boolean
        get() = json.flag("allow_atomic")

    /** Whether messages may be schedules of others; for good. From 2.12 on. Default `false`. */
    @get:JvmName("allowSchedules")
    public val allowSchedules: Boolean
        get() = json.flag("allow_msg_schedules")

    /** Whether a message is acknowledged when it is written, or before. Cannot be changed. From 2.12 on. Default [PersistMode.DEFAULT]. */
    @get:JvmName("persistMode")
    public val persistMode: PersistMode
        get() = json.choice("persist_mode", PersistMode.entries, PersistMode::wireName)

    /** Whether it takes batches whose acknowledgements the server spaces. From 2.14 on. Default `false`. */
    @get:JvmName("allowFastIngest")
    public val allowFastIngest: Boolean
        get() = json.flag("allow_batched")

    /** The property of the same name, for Java. */
    public fun maxAge(): JavaDuration = maxAge.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun duplicateWindow(): JavaDuration = duplicateWindow.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun subjectDeleteMarkerTtl(): JavaDuration = subjectDeleteMarkerTtl.toJavaDuration()

    /** This configuration with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: StreamConfigBuilder.() -> Unit): StreamConfig = toBuilder().apply(configure).build()

    /** A builder with this configuration, for others that differ. */
    public fun toBuilder(): StreamConfigBuilder = StreamConfigBuilder(json)

    /** Where configurations begin. */
    public companion object {
        /**
         * A builder for the stream with [name], with the server's defaults.
         *
         * @throws IllegalArgumentException if [name] is none that a server takes.
         */
        @JvmStatic
        public fun builder(name: String): StreamConfigBuilder =
            StreamConfigBuilder(JsonObject(mapOf("name" to JsonPrimitive(Names.check("stream", name)))))
    }
}

/**
 * The configuration of the stream with [name], with what [configure] sets.
 *
 * @throws IllegalArgumentException if the server would refuse a value.
 */
@JvmSynthetic
public fun StreamConfig(name: String, configure: StreamConfigBuilder.() -> Unit): StreamConfig =
    StreamConfig.builder(name).apply(configure).build()
