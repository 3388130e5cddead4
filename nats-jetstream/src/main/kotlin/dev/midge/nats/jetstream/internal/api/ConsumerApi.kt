package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Subject
import dev.midge.nats.isAtLeast
import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.ConsumerConfigBuilder
import dev.midge.nats.jetstream.ConsumerExistsException
import dev.midge.nats.jetstream.ConsumerInfo
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.PriorityPolicy
import dev.midge.nats.jetstream.ServerFeature
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlin.time.Duration

/** Makes, changes and removes the consumers of one stream. */
internal class ConsumerApi(private val channel: ApiChannel, private val stream: String) {
    suspend fun info(name: String, timeout: Duration = channel.options.timeout): ConsumerInfo =
        ConsumerInfo(channel.request("CONSUMER", "INFO", stream, name, target = ApiTarget(stream, name), timeout = timeout))

    suspend fun delete(name: String) {
        channel.request("CONSUMER", "DELETE", stream, name, target = ApiTarget(stream, name))
    }

    /** Makes the consumer, or finds it as it is wanted. */
    suspend fun create(
        name: String,
        isDurable: Boolean,
        config: ConsumerConfig,
        timeout: Duration = channel.options.timeout,
    ): ConsumerInfo {
        val wanted = named(config, name, isDurable)
        requireLevels(wanted)
        // Servers before 2.10 change what is there, whatever they are asked for.
        val knowsActions = knowsActions(name)
        val found = if (knowsActions) null else infoOrNull(name, timeout)
        if (found != null) return found.also { checkSame(wanted, it, name) }
        val answer = try {
            send(name, wanted, "create", timeout)
        } catch (e: JetStreamApiException) {
            throw if (hasLostFilters(wanted, e)) leftOut("filter_subjects", "2.10") else e
        }
        try {
            checkEcho(wanted, answer)
        } catch (e: FeatureNotSupportedException) {
            // This one is new: the server was asked before.
            if (!knowsActions) remove(name)
            throw e
        }
        return answer
    }

    /** What there is, changed by [configure]; the fields that it does not touch stay, known or not. */
    suspend fun update(name: String, configure: ConsumerConfigBuilder.() -> Unit): ConsumerInfo {
        val found = info(name).config.json
        val wanted = withoutServerKeys(ConsumerConfigBuilder(found).apply(configure).build().json)
        requireLevels(wanted)
        return send(name, wanted, "update").also { checkEcho(wanted, it) }
    }

    suspend fun createOrUpdate(name: String, configure: ConsumerConfigBuilder.() -> Unit): ConsumerInfo {
        if (infoOrNull(name) == null) {
            val builder = ConsumerConfigBuilder(EmptyJson).apply(configure)
            try {
                return create(name, builder.durable, builder.build())
            } catch (_: ConsumerExistsException) {
                // Somebody was faster.
            }
        }
        return update(name, configure)
    }

    suspend fun infoOrNull(name: String, timeout: Duration = channel.options.timeout): ConsumerInfo? = try {
        info(name, timeout)
    } catch (_: ConsumerNotFoundException) {
        null
    }

    private suspend fun send(name: String, config: JsonObject, action: String, timeout: Duration = channel.options.timeout): ConsumerInfo {
        val body = JsonObject(
            mapOf("stream_name" to JsonPrimitive(stream), "config" to config, "action" to JsonPrimitive(action)),
        )
        // The filter in the subject lets permissions look at it, wildcards included. Several filters are none.
        val filter = config.textOrNull("filter_subject")
        val tokens = listOfNotNull("CONSUMER", "CREATE", stream, name, filter)
        return ConsumerInfo(channel.request(*tokens.toTypedArray(), body = body, target = ApiTarget(stream, name), timeout = timeout))
    }

    private fun named(config: ConsumerConfig, name: String, isDurable: Boolean): JsonObject = JsonObject(
        buildMap {
            put("name", JsonPrimitive(name))
            if (isDurable) put("durable_name", JsonPrimitive(name))
            putAll(config.json - listOf("name", "durable_name"))
            // The policy needs a filter, and servers before 2.10 know only this one.
            if (config.deliverPolicy == DeliverPolicy.LAST_PER_SUBJECT && config.filterSubjects.isEmpty()) {
                put("filter_subject", JsonPrimitive(">"))
            }
        },
    )

    private suspend fun requireLevels(json: JsonObject) {
        val config = ConsumerConfig(json)
        if (config.priorityGroups.isNotEmpty()) channel.levels.require(ServerFeature.PRIORITY_GROUPS)
        if (config.priorityPolicy == PriorityPolicy.PRIORITIZED) channel.levels.require(ServerFeature.PRIORITIZED)
        if (config.pauseUntil != null) channel.levels.require(ServerFeature.CONSUMER_PAUSE)
        if (config.ackPolicy == AckPolicy.FLOW_CONTROL) channel.levels.require(ServerFeature.FLOW_CONTROL_ACK)
    }

    private fun checkEcho(wanted: JsonObject, answer: ConsumerInfo) {
        val missing = EchoCheck.missing(wanted, answer.config.json).firstOrNull() ?: return
        val version = if (missing.substringBefore('.') in SINCE_2_10) "2.10" else "2.11"
        throw leftOut(missing, version)
    }

    private fun leftOut(field: String, version: String) =
        FeatureNotSupportedException("the consumer's $field", version, "the server has left it out")

    /** Servers before 2.10 know one filter only, and this policy is nothing without one. */
    private fun hasLostFilters(wanted: JsonObject, failure: JetStreamApiException): Boolean =
        failure.errorCode == ApiErrorCodes.CONSUMER_INVALID_POLICY && !wanted["filter_subjects"].isUnset

    /** By the server that the client is connected to: it is the best that is known. One that was not yet connected is now. */
    @OptIn(InternalNatsApi::class)
    private suspend fun knowsActions(name: String): Boolean {
        val seam = channel.nats.seam(Subject(channel.subjects.of("CONSUMER", "CREATE", stream, name)))
        if (seam.server == null) seam.connection.flush(channel.options.timeout)
        return seam.server?.isAtLeast(2, 10) ?: false
    }

    private fun checkSame(wanted: JsonObject, found: ConsumerInfo, name: String) {
        val has = found.config.json
        val differs = wanted.keys.firstOrNull { it !in NOT_COMPARED && !wanted[it].isUnset && has[it] != wanted[it] } ?: return
        val subject = channel.subjects.of("CONSUMER", "CREATE", stream, name)
        val description = "consumer already exists with another '$differs'"
        throw ConsumerExistsException(
            JetStreamApiException.Details(BAD_REQUEST, ApiErrorCodes.CONSUMER_ALREADY_EXISTS, description, subject, stream, name),
        )
    }

    private suspend fun remove(name: String): Unit = withContext(NonCancellable) {
        try {
            delete(name)
        } catch (_: JetStreamException) {
            // What is told is why it was made in vain.
        }
    }

    private companion object {
        const val BAD_REQUEST = 400
        val SINCE_2_10 = setOf("filter_subjects", "metadata")

        /** What such servers do not keep, or write in another way. */
        val NOT_COMPARED = setOf("metadata", "filter_subjects", "opt_start_time")

        /** Servers write these anew. */
        fun withoutServerKeys(config: JsonObject): JsonObject {
            val metadata = config.objectOrNull("metadata") ?: return config
            val own = JsonObject(metadata.filterKeys { !it.startsWith(SERVERS_OWN) })
            return if (own.isEmpty()) JsonObject(config - "metadata") else JsonObject(config + ("metadata" to own))
        }
    }
}
