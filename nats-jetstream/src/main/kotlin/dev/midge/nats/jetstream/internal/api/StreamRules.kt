package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.jetstream.Discard
import dev.midge.nats.jetstream.ServerFeature
import dev.midge.nats.jetstream.StreamConfig
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What a server would refuse, or misread without a word, in the configuration of a stream. */
internal object StreamRules {
    /** @throws IllegalArgumentException if a server would refuse [config] whatever else it has. */
    fun check(config: StreamConfig) {
        Names.check("stream", config.name)
        require(config.replicas in 1..MAX_REPLICAS) { "replicas is ${config.replicas}; 1 to $MAX_REPLICAS servers can keep a stream" }
        checkDuration("maxAge", config.maxAge, SHORTEST)
        checkDuration("duplicateWindow", config.duplicateWindow, SHORTEST)
        checkDuration("subjectDeleteMarkerTtl", config.subjectDeleteMarkerTtl, SHORTEST_MARKER)
        require(config.maxAge == Duration.ZERO || config.duplicateWindow <= config.maxAge) {
            "duplicateWindow is ${config.duplicateWindow}; it cannot be longer than maxAge, ${config.maxAge}"
        }
        require(config.mirror == null || (config.subjects.isEmpty() && config.sources.isEmpty())) {
            "'${config.name}' is a mirror: it has no subjects and no sources of its own"
        }
        require(!config.discardNewPerSubject || (config.discard == Discard.NEW && config.maxMessagesPerSubject > 0)) {
            "discardNewPerSubject needs discard = NEW and maxMessagesPerSubject"
        }
    }

    private fun checkDuration(name: String, value: Duration, shortest: Duration) =
        require(value == Duration.ZERO || value >= shortest) { "$name is $value; it is zero for none, or at least $shortest" }

    /** What [json] asks of a server that is newer than the oldest. */
    fun features(json: JsonObject): List<ServerFeature> = FEATURES.filterKeys { !json[it].isUnset }.values +
        if (json.sources().any { "consumer" in it }) listOf(ServerFeature.CONSUMER_SOURCES) else emptyList()

    /** Whether [json] has something that servers before 2.10 drop. */
    fun needs210(json: JsonObject): String? = SINCE_2_10.firstOrNull { !json[it].isUnset && json.text(it) != "none" }
        ?: "subject_transforms".takeIf { json.sources().any { source -> "subject_transforms" in source } }

    /** What a server takes out of a configuration by rule, when [echoed] has what excludes it. */
    fun adjusted(echoed: JsonObject): Set<String> = buildSet {
        if (echoed.flag("sealed")) addAll(listOf("max_age", "allow_rollup_hdrs"))
        if (echoed.flag("allow_msg_schedules") || !echoed["subject_delete_marker_ttl"].isUnset) add("deny_purge")
    }

    private fun JsonObject.sources() = objects("sources") + listOfNotNull(objectOrNull("mirror"))

    private const val MAX_REPLICAS = 5
    private val SHORTEST = 100.milliseconds
    private val SHORTEST_MARKER = 1.seconds
    private val SINCE_2_10 = listOf("compression", "first_seq", "subject_transform", "consumer_limits", "metadata")
    private val FEATURES = mapOf(
        "allow_msg_ttl" to ServerFeature.MESSAGE_TTL,
        "subject_delete_marker_ttl" to ServerFeature.MESSAGE_TTL,
        "allow_msg_counter" to ServerFeature.COUNTERS,
        "allow_atomic" to ServerFeature.ATOMIC_BATCH,
        "allow_msg_schedules" to ServerFeature.SCHEDULES,
        "persist_mode" to ServerFeature.PERSIST_MODE,
        "allow_batched" to ServerFeature.FAST_INGEST,
    )
}
