package dev.midge.nats.kv

import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.JsonValue
import dev.midge.nats.jetstream.Placement
import dev.midge.nats.jetstream.Republish
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.kv.internal.BucketRules
import dev.midge.nats.kv.internal.Buckets
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * What a bucket keeps, how much of it, where and for how long. Immutable.
 *
 * It is the configuration of the bucket's stream as the server's JSON: what others have set there, or what this version does not know,
 * stays in a copy. Source: ADR-8, ADR-48.
 */
public class KeyValueConfig internal constructor(json: JsonObject) : JsonValue(json) {
    /** That of the stream that the bucket is. */
    @get:JvmName("streamConfig")
    public val streamConfig: StreamConfig = StreamConfig(json)

    /** The bucket's name: letters, digits, `-` and `_`. */
    @get:JvmName("bucket")
    public val bucket: String
        get() = streamConfig.name.removePrefix(Buckets.STREAM_PREFIX)

    /** What it is for, up to 4,096 bytes. Default none. */
    @get:JvmName("description")
    public val description: String?
        get() = streamConfig.description

    /** How many values it keeps of each key, the last one included: 1 to 64. Default 1. */
    @get:JvmName("history")
    public val history: Int
        get() = streamConfig.maxMessagesPerSubject.toInt()

    /** How long it keeps a value, at least 100 ms; zero is for ever. Default zero. */
    public val timeToLive: Duration
        get() = streamConfig.maxAge

    /**
     * How long the bucket tells that a value has gone by its age, in whole seconds; zero is not at all. Keys may have a time to live of
     * their own then. Not for mirrors. From nats-server 2.11 on. Default zero.
     */
    public val limitMarkerTtl: Duration
        get() = streamConfig.subjectDeleteMarkerTtl

    /**
     * Whether keys may have a time to live of their own; for good. [limitMarkerTtl] includes it; a mirror needs it where its origin has it.
     * From nats-server 2.11 on. Default `false`.
     */
    @get:JvmName("allowKeyTtl")
    public val allowKeyTtl: Boolean
        get() = streamConfig.allowMessageTtl

    /** How many bytes it keeps; writes are refused when it is full. -1 is unlimited. Default -1. */
    @get:JvmName("maxBytes")
    public val maxBytes: Long
        get() = streamConfig.maxBytes

    /** The most bytes of one value, headers included; -1 is unlimited. Default -1. */
    @get:JvmName("maxValueSize")
    public val maxValueSize: Int
        get() = streamConfig.maxMessageSize

    /** Where values are kept. Cannot be changed. Default [Storage.FILE]. */
    @get:JvmName("storage")
    public val storage: Storage
        get() = streamConfig.storage

    /** How many servers keep it, 1 to 5. Default 1. */
    @get:JvmName("replicas")
    public val replicas: Int
        get() = streamConfig.replicas

    /** Which servers keep it. Default any. */
    @get:JvmName("placement")
    public val placement: Placement?
        get() = streamConfig.placement

    /** How files keep values. From nats-server 2.10 on. Default [Compression.NONE]. */
    @get:JvmName("compression")
    public val compression: Compression
        get() = streamConfig.compression

    /** Where a copy of what was written is published. Default nowhere. */
    @get:JvmName("republish")
    public val republish: Republish?
        get() = streamConfig.republish

    /** The stream of the bucket that this one copies; what is written goes there. Default none. */
    @get:JvmName("mirror")
    public val mirror: StreamSource?
        get() = streamConfig.mirror

    /** The streams of buckets whose keys it takes in. From nats-server 2.10 on. Default none. */
    @get:JvmName("sources")
    public val sources: List<StreamSource>
        get() = streamConfig.sources

    /** Texts of the user's own, 128 KiB at most. From nats-server 2.10 on. Default none. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = streamConfig.metadata

    /** The property of the same name, for Java. */
    public fun timeToLive(): JavaDuration = timeToLive.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun limitMarkerTtl(): JavaDuration = limitMarkerTtl.toJavaDuration()

    /** This configuration with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: KeyValueConfigBuilder.() -> Unit): KeyValueConfig = toBuilder().apply(configure).build()

    /** A builder with this configuration, for others that differ. */
    public fun toBuilder(): KeyValueConfigBuilder = KeyValueConfigBuilder(json)

    /** Where configurations begin. */
    public companion object {
        /**
         * A builder for the bucket with this name.
         *
         * @throws IllegalArgumentException if [bucket] is no name of a bucket.
         */
        @JvmStatic
        public fun builder(bucket: String): KeyValueConfigBuilder = KeyValueConfigBuilder(BucketRules.begin(bucket))
    }
}

/**
 * The configuration of the bucket with this name, with what [configure] sets.
 *
 * @throws IllegalArgumentException if the server would refuse a value.
 */
@JvmSynthetic
public fun KeyValueConfig(bucket: String, configure: KeyValueConfigBuilder.() -> Unit = {}): KeyValueConfig =
    KeyValueConfig.builder(bucket).apply(configure).build()
