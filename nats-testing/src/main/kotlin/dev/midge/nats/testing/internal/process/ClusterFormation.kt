package dev.midge.nats.testing.internal.process

import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.NatsServerStartException
import dev.midge.nats.testing.internal.Deadline
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.IOException
import java.net.URI
import java.net.URLConnection
import kotlin.time.toKotlinDuration

/**
 * Waits until all of [nodes] that are alive are connected to each other.
 *
 * @throws NatsServerStartException if that takes longer than one node may take to start.
 */
internal fun awaitFormed(nodes: List<NatsServerProcess>) {
    val alive = nodes.filter { it.isAlive }
    alive.forEach { node ->
        val timeout = node.options.startTimeout
        Deadline.after(timeout.toKotlinDuration()).poll { if (isReady(node, alive.size - 1)) node else null }
            ?: throw NatsServerStartException(
                "$node has not all routes to its ${alive.size - 1} peers after $timeout; its log:\n${node.log()}",
            )
    }
}

private fun isReady(node: NatsServerProcess, peers: Int): Boolean = try {
    val routes = routesByPeer(node)
    val poolSize = poolSize(node)
    routes.size == peers && routes.values.all { it >= poolSize } && (!node.options.jetStream || isHealthy(node))
} catch (_: IOException) {
    false
}

/** How many routes the node has to each peer, less those that belong to one account alone. */
private fun routesByPeer(node: NatsServerProcess): Map<JsonElement?, Int> {
    val routes = json(node, "/routez")["routes"] ?: return emptyMap()
    return routes.jsonArray.map { it.jsonObject }.filter { "account" !in it }.groupingBy { it["remote_id"] }.eachCount()
}

/** Since 2.10 a server keeps several routes to each peer, each for its share of the accounts: until all are there, messages are lost. */
private fun poolSize(node: NatsServerProcess): Int =
    json(node, "/varz")["cluster"]?.jsonObject?.get("pool_size")?.jsonPrimitive?.int?.coerceAtLeast(1) ?: 1

/** With JetStream, this includes that the node knows the cluster's leader and has caught up with it; it is an error status until then. */
private fun isHealthy(node: NatsServerProcess): Boolean = get("${node.monitorUrl}/healthz").contains("ok")

private fun json(node: NatsServerProcess, path: String): JsonObject = Json.parseToJsonElement(get(node.monitorUrl + path)).jsonObject

private fun get(url: String): String {
    val connection: URLConnection = URI(url).toURL().openConnection()
    connection.connectTimeout = HTTP_TIMEOUT_MILLIS
    connection.readTimeout = HTTP_TIMEOUT_MILLIS
    return connection.getInputStream().bufferedReader().use { it.readText() }
}

private const val HTTP_TIMEOUT_MILLIS = 1_000
