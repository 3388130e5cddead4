package dev.midge.nats.kv.internal

import dev.midge.nats.jetstream.Discard
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.SubjectTransform
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.StreamRules
import dev.midge.nats.jetstream.internal.api.text
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration

/** What makes a stream a bucket. */
internal object BucketRules {
    private const val MOST_HISTORY = 64

    /** The stream of a new [bucket]: what all buckets have, and what it has unless it is told otherwise. */
    fun begin(bucket: String): JsonObject = Fields().apply {
        text("name").set(Buckets.stream(bucket))
        texts("subjects").set(listOf(Buckets.prefix(bucket) + Keys.ALL))
        number("max_msgs_per_subject").set(1)
        choice("discard", Discard.entries, wireName = Discard::wireName).set(Discard.NEW)
        flag("allow_rollup_hdrs").set(true)
        flag("deny_delete").set(true)
        flag("allow_direct").set(true)
    }.json()

    /** [json], which was made of [from], as it goes to the server: what follows from what was set. What was not set stays as it is. */
    fun finish(json: JsonObject, from: JsonObject): JsonObject {
        val set = StreamConfig(json)
        if (json["max_msgs_per_subject"] != from["max_msgs_per_subject"]) {
            require(set.maxMessagesPerSubject in 1..MOST_HISTORY) { "history is ${set.maxMessagesPerSubject}; it is 1 to $MOST_HISTORY" }
        }
        val done = Fields(json)
        // Others may have set one, and the server has; it may not be longer.
        if (set.maxAge > Duration.ZERO && set.duplicateWindow > set.maxAge) done.duration("duplicate_window").set(set.maxAge)
        if (set.subjectDeleteMarkerTtl > Duration.ZERO) done.flag("allow_msg_ttl").set(true)
        set.mirror?.let { mirror ->
            require(set.subjectDeleteMarkerTtl == Duration.ZERO) { "a mirror has no limitMarkerTtl: its origin's markers are copied" }
            if (json["mirror"] == from["mirror"]) return@let
            done.texts("subjects").set(emptyList())
            done.flag("mirror_direct").set(true)
            done.nested("mirror", ::StreamSource) { it.json }.set(StreamSource(named(mirror)))
        }
        if (json["sources"] != from["sources"]) {
            val found = StreamConfig(from).sources
            done.nestedList("sources", ::StreamSource) { it.json }
                .set(set.sources.map { if (it in found) it else source(it, json.text("name")) })
        }
        return done.json().also { StreamRules.check(StreamConfig(it)) }
    }

    private fun named(source: StreamSource): JsonObject = Fields(source.json).apply { text("name").set(streamOf(source)) }.json()

    private fun streamOf(source: StreamSource): String =
        if (source.name.startsWith(Buckets.STREAM_PREFIX)) source.name else Buckets.stream(source.name)

    /** The keys of another bucket get the prefix of this one, unless the user has transforms of his own. */
    private fun source(source: StreamSource, stream: String): StreamSource {
        val named = named(source)
        val from = Buckets.prefix(streamOf(source).removePrefix(Buckets.STREAM_PREFIX))
        val to = Buckets.prefix(stream.removePrefix(Buckets.STREAM_PREFIX))
        if (source.subjectTransforms.isNotEmpty() || from == to) return StreamSource(named)
        val filter = source.filterSubject?.removePrefix(from) ?: Keys.ALL
        val fields = Fields(named)
        fields.textOrNull("filter_subject").set(null)
        fields.nestedList("subject_transforms", ::SubjectTransform) { it.json }
            .set(listOf(SubjectTransform(from + filter, to + destination(filter))))
        return StreamSource(fields.json())
    }

    /** A destination names the wildcards that it takes over, all but the last `>`. */
    private fun destination(filter: String): String {
        var wildcards = 0
        return filter.split('.').joinToString(".") { if (it == "*") "{{wildcard(${++wildcards})}}" else it }
    }
}
