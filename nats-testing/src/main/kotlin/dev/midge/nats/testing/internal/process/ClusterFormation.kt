package dev.midge.nats.testing.internal.process

import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.NatsServerStartException
import dev.midge.nats.testing.internal.Deadline
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
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
            ?: throw NatsServerStartException("$node has no routes to its ${alive.size - 1} peers after $timeout; its log:\n${node.log()}")
    }
}

private fun isReady(node: NatsServerProcess, peers: Int): Boolean = try {
    connectedPeers(node) == peers && (!node.options.jetStream || isHealthy(node))
} catch (_: IOException) {
    false
}

/** A server keeps several routes to each peer since 2.10, so peers are counted and not routes. */
private fun connectedPeers(node: NatsServerProcess): Int {
    val routes = Json.parseToJsonElement(get("${node.monitorUrl}/routez")).jsonObject["routes"] ?: return 0
    return routes.jsonArray.mapTo(HashSet()) { it.jsonObject["remote_id"] }.size
}

/** With JetStream, this includes that the node knows the cluster's leader and has caught up with it; it is an error status until then. */
private fun isHealthy(node: NatsServerProcess): Boolean = get("${node.monitorUrl}/healthz").contains("ok")

private fun get(url: String): String {
    val connection: URLConnection = URI(url).toURL().openConnection()
    connection.connectTimeout = HTTP_TIMEOUT_MILLIS
    connection.readTimeout = HTTP_TIMEOUT_MILLIS
    return connection.getInputStream().bufferedReader().use { it.readText() }
}

private const val HTTP_TIMEOUT_MILLIS = 1_000
