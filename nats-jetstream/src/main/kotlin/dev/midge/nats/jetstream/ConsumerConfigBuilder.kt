package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.checkConsumer
import kotlinx.serialization.json.JsonObject
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** Collects a [ConsumerConfig], which describes each of its properties. Not safe to share between threads. */
@NatsOptionsDsl
public class ConsumerConfigBuilder internal constructor(from: JsonObject) {
    private val fields = Fields(from)
    private var oneFilter: String? by fields.textOrNull("filter_subject")
    private var manyFilters: List<String> by fields.texts("filter_subjects")

    /** See [ConsumerConfig.description]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String? by fields.textOrNull("description")

    /** See [ConsumerConfig.metadata]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String> by fields.textMap("metadata")

    /** See [ConsumerConfig.deliverPolicy]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var deliverPolicy: DeliverPolicy by fields.choice("deliver_policy", DeliverPolicy.entries, wireName = DeliverPolicy::wireName)

    /** See [ConsumerConfig.startSequence]. 0 for none. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var startSequence: Long by fields.number("opt_start_seq")

    /** See [ConsumerConfig.startTime]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var startTime: Instant? by fields.time("opt_start_time")

    /** See [ConsumerConfig.ackPolicy]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var ackPolicy: AckPolicy by fields.choice("ack_policy", AckPolicy.entries, isAlwaysSaid = true, wireName = AckPolicy::wireName)

    /** See [ConsumerConfig.ackWait]. */
    public var ackWait: Duration by fields.duration("ack_wait")

    /** See [ConsumerConfig.maxDeliver]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxDeliver: Int by fields.int("max_deliver", unset = -1)

    /** See [ConsumerConfig.backoff]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var backoff: List<Duration> by fields.durations("backoff")

    /** See [ConsumerConfig.maxAckPending]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxAckPending: Int by fields.int("max_ack_pending")

    /** See [ConsumerConfig.filterSubjects]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var filterSubjects: List<String>
        get() = manyFilters.ifEmpty { listOfNotNull(oneFilter) }
        set(value) {
            require("" !in value) { "filterSubjects has an empty subject: $value" }
            // Servers before 2.10 know only the first form.
            oneFilter = value.singleOrNull()
            manyFilters = if (value.size > 1) value else emptyList()
        }

    /** See [ConsumerConfig.replayPolicy]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var replayPolicy: ReplayPolicy by fields.choice("replay_policy", ReplayPolicy.entries, wireName = ReplayPolicy::wireName)

    /** See [ConsumerConfig.sampleFrequency]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var sampleFrequency: String? by fields.textOrNull("sample_freq")

    /** See [ConsumerConfig.isHeadersOnly]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var headersOnly: Boolean by fields.flag("headers_only")

    /** See [ConsumerConfig.maxWaiting]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxWaiting: Int by fields.int("max_waiting")

    /** See [ConsumerConfig.maxBatch]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxBatch: Int by fields.int("max_batch")

    /** See [ConsumerConfig.maxExpires]. */
    public var maxExpires: Duration by fields.duration("max_expires")

    /** See [ConsumerConfig.maxBytes]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var maxBytes: Int by fields.int("max_bytes")

    /** See [ConsumerConfig.inactiveThreshold]. */
    public var inactiveThreshold: Duration by fields.duration("inactive_threshold")

    /** See [ConsumerConfig.replicas]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var replicas: Int by fields.int("num_replicas")

    /** See [ConsumerConfig.isMemoryStorage]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var memoryStorage: Boolean by fields.flag("mem_storage")

    /** See [ConsumerConfig.pauseUntil]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var pauseUntil: Instant? by fields.time("pause_until")

    /** See [ConsumerConfig.priorityGroups]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var priorityGroups: List<String> by fields.texts("priority_groups")

    /** See [ConsumerConfig.priorityPolicy]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var priorityPolicy: PriorityPolicy by fields.choice(
        "priority_policy",
        PriorityPolicy.entries,
        wireName = PriorityPolicy::wireName,
    )

    /** See [ConsumerConfig.priorityTimeout]. */
    public var priorityTimeout: Duration by fields.duration("priority_timeout")

    /** See [ConsumerConfig.deliverSubject]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var deliverSubject: String? by fields.textOrNull("deliver_subject")

    /** See [ConsumerConfig.deliverGroup]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var deliverGroup: String? by fields.textOrNull("deliver_group")

    /** See [ConsumerConfig.hasFlowControl]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var flowControl: Boolean by fields.flag("flow_control")

    /** See [ConsumerConfig.idleHeartbeat]. */
    public var idleHeartbeat: Duration by fields.duration("idle_heartbeat")

    /** See [ConsumerConfig.rateLimit]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var rateLimit: Long by fields.number("rate_limit_bps")

    /** Whether the consumer stays when nobody uses it. Counts for one that is made with a name. Default `true`. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var durable: Boolean = true

    init {
        // Servers take its absence for "none".
        if ("ack_policy" !in from) ackPolicy = AckPolicy.EXPLICIT
    }

    /** Sets [ConsumerConfig.filterSubjects]. */
    public fun filterSubjects(vararg subjects: String): ConsumerConfigBuilder = apply { filterSubjects = subjects.toList() }

    /** Sets [ConsumerConfig.description]. */
    public fun description(description: String?): ConsumerConfigBuilder = apply { this.description = description }

    /** Sets [ConsumerConfig.metadata]. */
    public fun metadata(metadata: Map<String, String>): ConsumerConfigBuilder = apply { this.metadata = metadata }

    /** Sets [ConsumerConfig.deliverPolicy]. */
    public fun deliverPolicy(deliverPolicy: DeliverPolicy): ConsumerConfigBuilder = apply { this.deliverPolicy = deliverPolicy }

    /** Sets [ConsumerConfig.startSequence]. */
    public fun startSequence(startSequence: Long): ConsumerConfigBuilder = apply { this.startSequence = startSequence }

    /** Sets [ConsumerConfig.startTime]. */
    public fun startTime(startTime: Instant?): ConsumerConfigBuilder = apply { this.startTime = startTime }

    /** Sets [ConsumerConfig.ackPolicy]. */
    public fun ackPolicy(ackPolicy: AckPolicy): ConsumerConfigBuilder = apply { this.ackPolicy = ackPolicy }

    /** Sets [ConsumerConfig.ackWait]. */
    public fun ackWait(ackWait: JavaDuration): ConsumerConfigBuilder = apply { this.ackWait = ackWait.toKotlinDuration() }

    /** Sets [ConsumerConfig.maxDeliver]. */
    public fun maxDeliver(maxDeliver: Int): ConsumerConfigBuilder = apply { this.maxDeliver = maxDeliver }

    /** Sets [ConsumerConfig.backoff]. */
    public fun backoff(backoff: List<JavaDuration>): ConsumerConfigBuilder = apply { this.backoff = backoff.map { it.toKotlinDuration() } }

    /** Sets [ConsumerConfig.maxAckPending]. */
    public fun maxAckPending(maxAckPending: Int): ConsumerConfigBuilder = apply { this.maxAckPending = maxAckPending }

    /** Sets [ConsumerConfig.filterSubjects]. */
    public fun filterSubjects(filterSubjects: List<String>): ConsumerConfigBuilder = apply { this.filterSubjects = filterSubjects }

    /** Sets [ConsumerConfig.replayPolicy]. */
    public fun replayPolicy(replayPolicy: ReplayPolicy): ConsumerConfigBuilder = apply { this.replayPolicy = replayPolicy }

    /** Sets [ConsumerConfig.sampleFrequency]. */
    public fun sampleFrequency(sampleFrequency: String?): ConsumerConfigBuilder = apply { this.sampleFrequency = sampleFrequency }

    /** Sets [ConsumerConfig.isHeadersOnly]. */
    public fun headersOnly(headersOnly: Boolean): ConsumerConfigBuilder = apply { this.headersOnly = headersOnly }

    /** Sets [ConsumerConfig.maxWaiting]. */
    public fun maxWaiting(maxWaiting: Int): ConsumerConfigBuilder = apply { this.maxWaiting = maxWaiting }

    /** Sets [ConsumerConfig.maxBatch]. */
    public fun maxBatch(maxBatch: Int): ConsumerConfigBuilder = apply { this.maxBatch = maxBatch }

    /** Sets [ConsumerConfig.maxExpires]. */
    public fun maxExpires(maxExpires: JavaDuration): ConsumerConfigBuilder = apply { this.maxExpires = maxExpires.toKotlinDuration() }

    /** Sets [ConsumerConfig.maxBytes]. */
    public fun maxBytes(maxBytes: Int): ConsumerConfigBuilder = apply { this.maxBytes = maxBytes }

    /** Sets [ConsumerConfig.inactiveThreshold]. */
    public fun inactiveThreshold(inactiveThreshold: JavaDuration): ConsumerConfigBuilder =
        apply { this.inactiveThreshold = inactiveThreshold.toKotlinDuration() }

    /** Sets [ConsumerConfig.replicas]. */
    public fun replicas(replicas: Int): ConsumerConfigBuilder = apply { this.replicas = replicas }

    /** Sets [ConsumerConfig.isMemoryStorage]. */
    public fun memoryStorage(memoryStorage: Boolean): ConsumerConfigBuilder = apply { this.memoryStorage = memoryStorage }

    /** Sets [ConsumerConfig.pauseUntil]. */
    public fun pauseUntil(pauseUntil: Instant?): ConsumerConfigBuilder = apply { this.pauseUntil = pauseUntil }

    /** Sets [ConsumerConfig.priorityGroups]. */
    public fun priorityGroups(priorityGroups: List<String>): ConsumerConfigBuilder = apply { this.priorityGroups = priorityGroups }

    /** Sets [ConsumerConfig.priorityPolicy]. */
    public fun priorityPolicy(priorityPolicy: PriorityPolicy): ConsumerConfigBuilder = apply { this.priorityPolicy = priorityPolicy }

    /** Sets [ConsumerConfig.priorityTimeout]. */
    public fun priorityTimeout(priorityTimeout: JavaDuration): ConsumerConfigBuilder =
        apply { this.priorityTimeout = priorityTimeout.toKotlinDuration() }

    /** Sets [ConsumerConfig.deliverSubject]. */
    public fun deliverSubject(deliverSubject: String?): ConsumerConfigBuilder = apply { this.deliverSubject = deliverSubject }

    /** Sets [ConsumerConfig.deliverGroup]. */
    public fun deliverGroup(deliverGroup: String?): ConsumerConfigBuilder = apply { this.deliverGroup = deliverGroup }

    /** Sets [ConsumerConfig.hasFlowControl]. */
    public fun flowControl(flowControl: Boolean): ConsumerConfigBuilder = apply { this.flowControl = flowControl }

    /** Sets [ConsumerConfig.idleHeartbeat]. */
    public fun idleHeartbeat(idleHeartbeat: JavaDuration): ConsumerConfigBuilder =
        apply { this.idleHeartbeat = idleHeartbeat.toKotlinDuration() }

    /** Sets [ConsumerConfig.rateLimit]. */
    public fun rateLimit(rateLimit: Long): ConsumerConfigBuilder = apply { this.rateLimit = rateLimit }

    /** Sets [durable]. */
    public fun durable(durable: Boolean): ConsumerConfigBuilder = apply { this.durable = durable }

    /**
     * The configuration as it is set now. The builder may be used on.
     *
     * @throws IllegalArgumentException if a value is not valid, or two of them exclude each other.
     */
    public fun build(): ConsumerConfig = ConsumerConfig(fields.json()).also(::checkConsumer)
}
