package dev.midge.nats.jetstream.internal.events

import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.Advisory
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.jetstream.internal.api.text
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.serialization.json.JsonObject

/** What servers tell of streams and consumers, read as it comes. */
internal object Advisories {
    /** Those of the subjects that end with [filter], and of the options' domain, if they have one; cold. */
    fun flow(channel: ApiChannel, filter: String): Flow<Advisory> {
        val subject = Subject("${channel.options.eventPrefix}.ADVISORY.$filter")
        val domain = channel.options.domain
        // The subjects of all domains are the same, and reach across leaf nodes.
        return channel.nats.messages(subject).mapNotNull(::read).filter { domain == null || it.domain == domain }
    }

    private fun read(message: NatsMessage): Advisory? = try {
        of(ApiChannel.parse(message.subject, message))
    } catch (e: MalformedResponseException) {
        log.warn("what came as an advisory on '{}' is none", message.subject, e)
        null
    }

    fun of(json: JsonObject): Advisory = when (json.text("type").removePrefix(PREFIX)) {
        "max_deliver" -> Advisory.MaxDeliveries(json)
        "nak" -> Advisory.Refused(json)
        "terminated" -> Advisory.Terminated(json)
        "stream_action" -> change(json)?.let { Advisory.StreamChanged(json, it) }
        "consumer_action" -> change(json)?.let { Advisory.ConsumerChanged(json, it) }
        "consumer_pause" -> Advisory.ConsumerPaused(json)
        "consumer_group_pinned" -> Advisory.ClientPinned(json)
        "consumer_group_unpinned" -> Advisory.ClientUnpinned(json)
        "stream_leader_elected", "consumer_leader_elected", "domain_leader_elected" -> Advisory.LeaderElected(json)
        "stream_quorum_lost", "consumer_quorum_lost" -> Advisory.QuorumLost(json)
        "snapshot_create" -> Advisory.BackupBegun(json)
        "snapshot_complete" -> Advisory.BackupEnded(json)
        "restore_create" -> Advisory.RestoreBegun(json)
        "restore_complete" -> Advisory.RestoreEnded(json)
        "stream_batch_abandoned" -> Advisory.BatchAbandoned(json)
        "api_audit" -> Advisory.ApiAudit(json)
        "api_limit_reached" -> Advisory.ApiLimitReached(json)
        else -> null
    } ?: Advisory.Other(json)

    private fun change(json: JsonObject): Advisory.Change? = when (json.text("action")) {
        "create" -> Advisory.Change.CREATED
        "modify" -> Advisory.Change.UPDATED
        "delete" -> Advisory.Change.DELETED
        else -> null
    }

    private const val PREFIX = "io.nats.jetstream.advisory.v1."
}
