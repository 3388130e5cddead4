package dev.midge.nats.kv

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.Placement
import dev.midge.nats.jetstream.Republish
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.kv.internal.BucketRules
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** Collects a [KeyValueConfig], which describes each property. Not safe to share between threads. */
@NatsOptionsDsl
public class KeyValueConfigBuilder internal constructor(private val from: JsonObject) {
    private val fields = Fields(from)

    /** See [KeyValueConfig.description]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String? by fields.textOrNull("description")

    /** See [KeyValueConfig.history]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var history: Int by fields.int("max_msgs_per_subject", unset = -1)

    /** See [KeyValueConfig.timeToLive]. */
    public var timeToLive: Duration by fields.duration("max_age")

    /** See [KeyValueConfig.limitMarkerTtl]. */
    public var limitMarkerTtl: Duration by fields.duration("subject_delete_marker_ttl")

    /** See [KeyValueConfig.allowKeyTtl]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowKeyTtl: Boolean by fields.flag("allow_msg_ttl")

    /** See [KeyValueConfig.maxBytes]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxBytes: Long by fields.number("max_bytes", unset = -1)

    /** See [KeyValueConfig.maxValueSize]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxValueSize: Int by fields.int("max_msg_size", unset = -1)

    /** See [KeyValueConfig.storage]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var storage: Storage by fields.choice("storage", Storage.entries, wireName = Storage::wireName)

    /** See [KeyValueConfig.replicas]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var replicas: Int by fields.int("num_replicas", unset = 1)

    /** See [KeyValueConfig.placement]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var placement: Placement? by fields.nested("placement", ::Placement) { it.json }

    /** See [KeyValueConfig.compression]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var compression: Compression by fields.choice("compression", Compression.entries, wireName = Compression::wireName)

    /** See [KeyValueConfig.republish]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var republish: Republish? by fields.nested("republish", ::Republish) { it.json }

    /** See [KeyValueConfig.mirror]. It may be called as the bucket or as its stream. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var mirror: StreamSource? by fields.nested("mirror", ::StreamSource) { it.json }

    /**
     * See [KeyValueConfig.sources]. Each may be called as the bucket or as its stream. Unless it has transforms, its keys keep their names;
     * a filter subject is one of keys.
     */
    @get:JvmSynthetic @set:JvmSynthetic
    public var sources: List<StreamSource> by fields.nestedList("sources", ::StreamSource) { it.json }

    /** See [KeyValueConfig.metadata]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String> by fields.textMap("metadata")

    /** Sets [KeyValueConfig.description]. */
    public fun description(description: String?): KeyValueConfigBuilder = apply { this.description = description }

    /** Sets [KeyValueConfig.history]. */
    public fun history(history: Int): KeyValueConfigBuilder = apply { this.history = history }

    /** Sets [KeyValueConfig.timeToLive]. */
    public fun timeToLive(timeToLive: JavaDuration): KeyValueConfigBuilder = apply { this.timeToLive = timeToLive.toKotlinDuration() }

    /** Sets [KeyValueConfig.limitMarkerTtl]. */
    public fun limitMarkerTtl(limitMarkerTtl: JavaDuration): KeyValueConfigBuilder =
        apply { this.limitMarkerTtl = limitMarkerTtl.toKotlinDuration() }

    /** Sets [KeyValueConfig.allowKeyTtl]. */
    public fun allowKeyTtl(allowKeyTtl: Boolean): KeyValueConfigBuilder = apply { this.allowKeyTtl = allowKeyTtl }

    /** Sets [KeyValueConfig.maxBytes]. */
    public fun maxBytes(maxBytes: Long): KeyValueConfigBuilder = apply { this.maxBytes = maxBytes }

    /** Sets [KeyValueConfig.maxValueSize]. */
    public fun maxValueSize(maxValueSize: Int): KeyValueConfigBuilder = apply { this.maxValueSize = maxValueSize }

    /** Sets [KeyValueConfig.storage]. */
    public fun storage(storage: Storage): KeyValueConfigBuilder = apply { this.storage = storage }

    /** Sets [KeyValueConfig.replicas]. */
    public fun replicas(replicas: Int): KeyValueConfigBuilder = apply { this.replicas = replicas }

    /** Sets [KeyValueConfig.placement]. */
    public fun placement(placement: Placement?): KeyValueConfigBuilder = apply { this.placement = placement }

    /** Sets [KeyValueConfig.compression]. */
    public fun compression(compression: Compression): KeyValueConfigBuilder = apply { this.compression = compression }

    /** Sets [KeyValueConfig.republish]. */
    public fun republish(republish: Republish?): KeyValueConfigBuilder = apply { this.republish = republish }

    /** Sets [KeyValueConfig.mirror]: a copy of the bucket with this name. */
    public fun mirror(bucket: String): KeyValueConfigBuilder = apply { this.mirror = StreamSource.builder(bucket).build() }

    /** Sets [KeyValueConfig.mirror]. */
    public fun mirror(mirror: StreamSource?): KeyValueConfigBuilder = apply { this.mirror = mirror }

    /** Sets [KeyValueConfig.sources]. */
    public fun sources(vararg sources: StreamSource): KeyValueConfigBuilder = apply { this.sources = sources.asList() }

    /** Sets [KeyValueConfig.metadata]. */
    public fun metadata(metadata: Map<String, String>): KeyValueConfigBuilder = apply { this.metadata = metadata }

    /**
     * The configuration as it is set now. The builder may be used on.
     *
     * @throws IllegalArgumentException if the server would refuse a value.
     */
    public fun build(): KeyValueConfig = KeyValueConfig(BucketRules.finish(fields.json(), from))
}
