package dev.midge.nats.services.internal

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.addJsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import java.time.Instant

/** What a service is, as long as it runs, and how it says so (ADR-32): with all fields, those that are zero or empty too. */
internal class ServiceFacts(
    val name: String,
    val version: String,
    val id: String,
    private val description: String,
    private val metadata: Map<String, String>,
    val prefix: String,
) {
    private val started = Instant.now()

    fun ping(): JsonObject = buildJsonObject { identify("ping") }

    fun info(endpoints: List<EndpointRun>): JsonObject = buildJsonObject {
        identify("info")
        put("description", description)
        putJsonArray("endpoints") {
            for (endpoint in endpoints) {
                addJsonObject {
                    identify(endpoint)
                    put("metadata", json(endpoint.definition.options.metadata))
                }
            }
        }
    }

    /** Asks endpoints for data of their own: it may block. */
    fun stats(endpoints: List<EndpointRun>): JsonObject = buildJsonObject {
        identify("stats")
        put("started", started.toString())
        putJsonArray("endpoints") {
            for (endpoint in endpoints) {
                addJsonObject {
                    identify(endpoint)
                    endpoint.counters.writeTo(this)
                    dataOf(endpoint)?.let { put("data", it) }
                }
            }
        }
    }

    private fun JsonObjectBuilder.identify(answer: String) {
        put("type", "io.nats.micro.v1.${answer}_response")
        put("name", name)
        put("id", id)
        put("version", version)
        put("metadata", json(metadata))
    }

    private fun JsonObjectBuilder.identify(endpoint: EndpointRun) {
        put("name", endpoint.definition.name)
        put("subject", endpoint.definition.subject.value)
        put("queue_group", endpoint.queueGroup.orEmpty())
    }

    private fun dataOf(endpoint: EndpointRun): JsonElement? = try {
        endpoint.definition.options.statsData?.invoke()?.let(Json::parseToJsonElement)
    } catch (e: Exception) {
        log.warn("the endpoint '{}' of the service '{}' has no data for its statistics", endpoint.definition.name, name, e)
        null
    }

    private fun json(map: Map<String, String>) = JsonObject(map.mapValues { JsonPrimitive(it.value) })
}
