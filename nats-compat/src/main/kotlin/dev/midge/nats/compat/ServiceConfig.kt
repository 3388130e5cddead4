package dev.midge.nats.compat

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable

/** What a service is to be. */
@Serializable
internal class ServiceConfig(
    val name: String = "",
    val version: String = "",
    val description: String = "",
    @SerialName("queue_group") val queueGroup: String = "",
    val metadata: Map<String, String> = emptyMap(),
    val groups: List<GroupConfig> = emptyList(),
    val endpoints: List<EndpointConfig> = emptyList(),
)

@Serializable
internal class GroupConfig(val name: String = "", @SerialName("queue_group") val queueGroup: String = "")

@Serializable
internal class EndpointConfig(
    val name: String = "",
    val subject: String = "",
    /** The name of one of [ServiceConfig.groups], or empty. */
    val group: String = "",
    @SerialName("queue_group") val queueGroup: String = "",
    val metadata: Map<String, String> = emptyMap(),
)
