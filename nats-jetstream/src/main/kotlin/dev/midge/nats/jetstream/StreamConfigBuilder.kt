package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.StreamRules
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** Collects a [StreamConfig], which describes each property. Not safe to share between threads. */
@NatsOptionsDsl
public class StreamConfigBuilder internal constructor(from: JsonObject) {
    private val fields = Fields(from)

    /** See [StreamConfig.description]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String? by fields.textOrNull("description")

    /** See [StreamConfig.subjects]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var subjects: List<String> by fields.texts("subjects")

    /** See [StreamConfig.retention]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var retention: Retention by fields.choice("retention", Retention.entries, wireName = Retention::wireName)

    /** See [StreamConfig.storage]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var storage: Storage by fields.choice("storage", Storage.entries, wireName = Storage::wireName)

    /** See [StreamConfig.replicas]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var replicas: Int by fields.int("num_replicas", unset = 1)

    /** See [StreamConfig.discard]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var discard: Discard by fields.choice("discard", Discard.entries, wireName = Discard::wireName)

    /** See [StreamConfig.discardNewPerSubject]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var discardNewPerSubject: Boolean by fields.flag("discard_new_per_subject")

    /** See [StreamConfig.maxMessages]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxMessages: Long by fields.number("max_msgs", unset = -1)

    /** See [StreamConfig.maxMessagesPerSubject]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxMessagesPerSubject: Long by fields.number("max_msgs_per_subject", unset = -1)

    /** See [StreamConfig.maxBytes]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxBytes: Long by fields.number("max_bytes", unset = -1)

    /** See [StreamConfig.maxMessageSize]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxMessageSize: Int by fields.int("max_msg_size", unset = -1)

    /** See [StreamConfig.maxAge]. */
    public var maxAge: Duration by fields.duration("max_age")

    /** See [StreamConfig.maxConsumers]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxConsumers: Int by fields.int("max_consumers", unset = -1)

    /** See [StreamConfig.noAck]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var noAck: Boolean by fields.flag("no_ack")

    /** See [StreamConfig.duplicateWindow]. */
    public var duplicateWindow: Duration by fields.duration("duplicate_window")

    /** See [StreamConfig.placement]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var placement: Placement? by fields.nested("placement", ::Placement) { it.json }

    /** See [StreamConfig.mirror]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var mirror: StreamSource? by fields.nested("mirror", ::StreamSource) { it.json }

    /** See [StreamConfig.sources]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var sources: List<StreamSource> by fields.nestedList("sources", ::StreamSource) { it.json }

    /** See [StreamConfig.compression]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var compression: Compression by fields.choice("compression", Compression.entries, wireName = Compression::wireName)

    /** See [StreamConfig.firstSequence]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var firstSequence: Long by fields.number("first_seq")

    /** See [StreamConfig.subjectTransform]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var subjectTransform: SubjectTransform? by fields.nested("subject_transform", ::SubjectTransform) { it.json }

    /** See [StreamConfig.republish]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var republish: Republish? by fields.nested("republish", ::Republish) { it.json }

    /** See [StreamConfig.allowDirect]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowDirect: Boolean by fields.flag("allow_direct")

    /** See [StreamConfig.mirrorDirect]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var mirrorDirect: Boolean by fields.flag("mirror_direct")

    /** See [StreamConfig.sealed]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var sealed: Boolean by fields.flag("sealed")

    /** See [StreamConfig.denyDelete]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var denyDelete: Boolean by fields.flag("deny_delete")

    /** See [StreamConfig.denyPurge]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var denyPurge: Boolean by fields.flag("deny_purge")

    /** See [StreamConfig.allowRollup]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowRollup: Boolean by fields.flag("allow_rollup_hdrs")

    /** See [StreamConfig.consumerLimits]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var consumerLimits: ConsumerLimits? by fields.nested("consumer_limits", ::ConsumerLimits) { it.json }

    /** See [StreamConfig.metadata]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String> by fields.textMap("metadata")

    /** See [StreamConfig.allowMessageTtl]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowMessageTtl: Boolean by fields.flag("allow_msg_ttl")

    /** See [StreamConfig.subjectDeleteMarkerTtl]. */
    public var subjectDeleteMarkerTtl: Duration by fields.duration("subject_delete_marker_ttl")

    /** See [StreamConfig.allowCounters]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowCounters: Boolean by fields.flag("allow_msg_counter")

    /** See [StreamConfig.allowAtomicPublish]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowAtomicPublish: Boolean by fields.flag("allow_atomic")

    /** See [StreamConfig.allowSchedules]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowSchedules: Boolean by fields.flag("allow_msg_schedules")

    /** See [StreamConfig.persistMode]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var persistMode: PersistMode by fields.choice("persist_mode", PersistMode.entries, wireName = PersistMode::wireName)

    /** See [StreamConfig.allowFastIngest]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var allowFastIngest: Boolean by fields.flag("allow_batched")

    /** Sets [StreamConfig.description]. */
    public fun description(description: String?): StreamConfigBuilder = apply { this.description = description }

    /** Sets [StreamConfig.subjects]. */
    public fun subjects(vararg subjects: String): StreamConfigBuilder = apply { this.subjects = subjects.asList() }

    /** Sets [StreamConfig.retention]. */
    public fun retention(retention: Retention): StreamConfigBuilder = apply { this.retention = retention }

    /** Sets [StreamConfig.storage]. */
    public fun storage(storage: Storage): StreamConfigBuilder = apply { this.storage = storage }

    /** Sets [StreamConfig.replicas]. */
    public fun replicas(replicas: Int): StreamConfigBuilder = apply { this.replicas = replicas }

    /** Sets [StreamConfig.discard]. */
    public fun discard(discard: Discard): StreamConfigBuilder = apply { this.discard = discard }

    /** Sets [StreamConfig.discardNewPerSubject]. */
    public fun discardNewPerSubject(discardNewPerSubject: Boolean): StreamConfigBuilder = apply {
        this.discardNewPerSubject =
            discardNewPerSubject
    }

    /** Sets [StreamConfig.maxMessages]. */
    public fun maxMessages(maxMessages: Long): StreamConfigBuilder = apply { this.maxMessages = maxMessages }

    /** Sets [StreamConfig.maxMessagesPerSubject]. */
    public fun maxMessagesPerSubject(maxMessagesPerSubject: Long): StreamConfigBuilder = apply {
        this.maxMessagesPerSubject =
            maxMessagesPerSubject
    }

    /** Sets [StreamConfig.maxBytes]. */
    public fun maxBytes(maxBytes: Long): StreamConfigBuilder = apply { this.maxBytes = maxBytes }

    /** Sets [StreamConfig.maxMessageSize]. */
    public fun maxMessageSize(maxMessageSize: Int): StreamConfigBuilder = apply { this.maxMessageSize = maxMessageSize }

    /** Sets [StreamConfig.maxAge]. */
    public fun maxAge(maxAge: JavaDuration): StreamConfigBuilder = apply { this.maxAge = maxAge.toKotlinDuration() }

    /** Sets [StreamConfig.maxConsumers]. */
    public fun maxConsumers(maxConsumers: Int): StreamConfigBuilder = apply { this.maxConsumers = maxConsumers }

    /** Sets [StreamConfig.noAck]. */
    public fun noAck(noAck: Boolean): StreamConfigBuilder = apply { this.noAck = noAck }

    /** Sets [StreamConfig.duplicateWindow]. */
    public fun duplicateWindow(duplicateWindow: JavaDuration): StreamConfigBuilder = apply {
        this.duplicateWindow =
            duplicateWindow.toKotlinDuration()
    }

    /** Sets [StreamConfig.placement]. */
    public fun placement(placement: Placement?): StreamConfigBuilder = apply { this.placement = placement }

    /** Sets [StreamConfig.mirror]. */
    public fun mirror(mirror: StreamSource?): StreamConfigBuilder = apply { this.mirror = mirror }

    /** Sets [StreamConfig.sources]. */
    public fun sources(vararg sources: StreamSource): StreamConfigBuilder = apply { this.sources = sources.asList() }

    /** Sets [StreamConfig.compression]. */
    public fun compression(compression: Compression): StreamConfigBuilder = apply { this.compression = compression }

    /** Sets [StreamConfig.firstSequence]. */
    public fun firstSequence(firstSequence: Long): StreamConfigBuilder = apply { this.firstSequence = firstSequence }

    /** Sets [StreamConfig.subjectTransform]. */
    public fun subjectTransform(subjectTransform: SubjectTransform?): StreamConfigBuilder =
        apply { this.subjectTransform = subjectTransform }

    /** Sets [StreamConfig.republish]. */
    public fun republish(republish: Republish?): StreamConfigBuilder = apply { this.republish = republish }

    /** Sets [StreamConfig.allowDirect]. */
    public fun allowDirect(allowDirect: Boolean): StreamConfigBuilder = apply { this.allowDirect = allowDirect }

    /** Sets [StreamConfig.mirrorDirect]. */
    public fun mirrorDirect(mirrorDirect: Boolean): StreamConfigBuilder = apply { this.mirrorDirect = mirrorDirect }

    /** Sets [StreamConfig.sealed]. */
    public fun sealed(sealed: Boolean): StreamConfigBuilder = apply { this.sealed = sealed }

    /** Sets [StreamConfig.denyDelete]. */
    public fun denyDelete(denyDelete: Boolean): StreamConfigBuilder = apply { this.denyDelete = denyDelete }

    /** Sets [StreamConfig.denyPurge]. */
    public fun denyPurge(denyPurge: Boolean): StreamConfigBuilder = apply { this.denyPurge = denyPurge }

    /** Sets [StreamConfig.allowRollup]. */
    public fun allowRollup(allowRollup: Boolean): StreamConfigBuilder = apply { this.allowRollup = allowRollup }

    /** Sets [StreamConfig.consumerLimits]. */
    public fun consumerLimits(consumerLimits: ConsumerLimits?): StreamConfigBuilder = apply { this.consumerLimits = consumerLimits }

    /** Sets [StreamConfig.metadata]. */
    public fun metadata(metadata: Map<String, String>): StreamConfigBuilder = apply { this.metadata = metadata }

    /** Sets [StreamConfig.allowMessageTtl]. */
    public fun allowMessageTtl(allowMessageTtl: Boolean): StreamConfigBuilder = apply { this.allowMessageTtl = allowMessageTtl }

    /** Sets [StreamConfig.subjectDeleteMarkerTtl]. */
    public fun subjectDeleteMarkerTtl(subjectDeleteMarkerTtl: JavaDuration): StreamConfigBuilder = apply {
        this.subjectDeleteMarkerTtl =
            subjectDeleteMarkerTtl.toKotlinDuration()
    }

    /** Sets [StreamConfig.allowCounters]. */
    public fun allowCounters(allowCounters: Boolean): StreamConfigBuilder = apply { this.allowCounters = allowCounters }

    /** Sets [StreamConfig.allowAtomicPublish]. */
    public fun allowAtomicPublish(allowAtomicPublish: Boolean): StreamConfigBuilder = apply { this.allowAtomicPublish = allowAtomicPublish }

    /** Sets [StreamConfig.allowSchedules]. */
    public fun allowSchedules(allowSchedules: Boolean): StreamConfigBuilder = apply { this.allowSchedules = allowSchedules }

    /** Sets [StreamConfig.persistMode]. */
    public fun persistMode(persistMode: PersistMode): StreamConfigBuilder = apply { this.persistMode = persistMode }

    /** Sets [StreamConfig.allowFastIngest]. */
    public fun allowFastIngest(allowFastIngest: Boolean): StreamConfigBuilder = apply { this.allowFastIngest = allowFastIngest }

    /**
     * The configuration as it is set now. The builder may be used on.
     *
     * @throws IllegalArgumentException if the server would refuse a value.
     */
    public fun build(): StreamConfig = StreamConfig(fields.json()).also(StreamRules::check)
}
