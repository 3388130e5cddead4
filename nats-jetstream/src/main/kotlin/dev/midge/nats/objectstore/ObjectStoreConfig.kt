package dev.midge.nats.objectstore

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.JsonValue
import dev.midge.nats.jetstream.Placement
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamConfigBuilder
import dev.midge.nats.objectstore.internal.BucketNames
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** What an object store keeps, how much of it, where and for how long. Immutable. */
public class ObjectStoreConfig internal constructor(internal val stream: StreamConfig) : JsonValue(stream.json) {
    /** Its name. */
    @get:JvmName("bucket")
    public val bucket: String
        get() = BucketNames.bucketOf(stream.name)

    /** What it is for, up to 4,096 bytes. Default none. */
    @get:JvmName("description")
    public val description: String?
        get() = stream.description

    /** How long it keeps an object, at least 100 ms; zero is for ever. Default zero. */
    public val timeToLive: Duration
        get() = stream.maxAge

    /** How many bytes it keeps, metadata included; -1 is unlimited. When it is full, it takes no more. Default -1. */
    @get:JvmName("maxBytes")
    public val maxBytes: Long
        get() = stream.maxBytes

    /** Where objects are kept. Cannot be changed. Default [Storage.FILE]. */
    @get:JvmName("storage")
    public val storage: Storage
        get() = stream.storage

    /** How many servers keep it, 1 to 5. Default 1. */
    @get:JvmName("replicas")
    public val replicas: Int
        get() = stream.replicas

    /** Which servers keep it. Default any. */
    @get:JvmName("placement")
    public val placement: Placement?
        get() = stream.placement

    /** How its files keep objects. Needs nats-server 2.10. Default [Compression.NONE]. */
    @get:JvmName("compression")
    public val compression: Compression
        get() = stream.compression

    /** Further names and values. Needs nats-server 2.10. Default none. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = stream.metadata

    /** The property of the same name, for Java. */
    public fun timeToLive(): JavaDuration = timeToLive.toJavaDuration()

    /** Where configurations begin. */
    public companion object {
        /**
         * A builder for the store [bucket], with the defaults.
         *
         * @throws IllegalArgumentException if [bucket] is no name of a store: letters, digits, `-` and `_`.
         */
        @JvmStatic
        public fun builder(bucket: String): ObjectStoreConfigBuilder = ObjectStoreConfigBuilder(BucketNames.newStream(bucket))
    }
}

/** Collects an [ObjectStoreConfig], which describes each property. Not safe to share between threads. */
@NatsOptionsDsl
public class ObjectStoreConfigBuilder internal constructor(private val stream: StreamConfigBuilder) {
    /** See [ObjectStoreConfig.description]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String?
        get() = stream.description
        set(value) {
            stream.description = value
        }

    /** See [ObjectStoreConfig.timeToLive]. */
    public var timeToLive: Duration
        get() = stream.maxAge
        set(value) {
            stream.maxAge = value
        }

    /** See [ObjectStoreConfig.maxBytes]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxBytes: Long
        get() = stream.maxBytes
        set(value) {
            stream.maxBytes = value
        }

    /** See [ObjectStoreConfig.storage]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var storage: Storage
        get() = stream.storage
        set(value) {
            stream.storage = value
        }

    /** See [ObjectStoreConfig.replicas]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var replicas: Int
        get() = stream.replicas
        set(value) {
            stream.replicas = value
        }

    /** See [ObjectStoreConfig.placement]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var placement: Placement?
        get() = stream.placement
        set(value) {
            stream.placement = value
        }

    /** See [ObjectStoreConfig.compression]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var compression: Compression
        get() = stream.compression
        set(value) {
            stream.compression = value
        }

    /** See [ObjectStoreConfig.metadata]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String>
        get() = stream.metadata
        set(value) {
            stream.metadata = value
        }

    /** Sets [ObjectStoreConfig.description]. */
    public fun description(description: String?): ObjectStoreConfigBuilder = apply { this.description = description }

    /** Sets [ObjectStoreConfig.timeToLive]. */
    public fun timeToLive(timeToLive: JavaDuration): ObjectStoreConfigBuilder = apply { this.timeToLive = timeToLive.toKotlinDuration() }

    /** Sets [ObjectStoreConfig.maxBytes]. */
    public fun maxBytes(maxBytes: Long): ObjectStoreConfigBuilder = apply { this.maxBytes = maxBytes }

    /** Sets [ObjectStoreConfig.storage]. */
    public fun storage(storage: Storage): ObjectStoreConfigBuilder = apply { this.storage = storage }

    /** Sets [ObjectStoreConfig.replicas]. */
    public fun replicas(replicas: Int): ObjectStoreConfigBuilder = apply { this.replicas = replicas }

    /** Sets [ObjectStoreConfig.placement]. */
    public fun placement(placement: Placement?): ObjectStoreConfigBuilder = apply { this.placement = placement }

    /** Sets [ObjectStoreConfig.compression]. */
    public fun compression(compression: Compression): ObjectStoreConfigBuilder = apply { this.compression = compression }

    /** Sets [ObjectStoreConfig.metadata]. */
    public fun metadata(metadata: Map<String, String>): ObjectStoreConfigBuilder = apply { this.metadata = metadata }

    /**
     * The configuration as it is set now. The builder may be used on.
     *
     * @throws IllegalArgumentException if the server would refuse a value.
     */
    public fun build(): ObjectStoreConfig = ObjectStoreConfig(stream.build())
}

/**
 * The configuration of the store [bucket], with what [configure] sets.
 *
 * @throws IllegalArgumentException if the server would refuse a value.
 */
@JvmSynthetic
public fun ObjectStoreConfig(bucket: String, configure: ObjectStoreConfigBuilder.() -> Unit): ObjectStoreConfig =
    ObjectStoreConfig.builder(bucket).apply(configure).build()
