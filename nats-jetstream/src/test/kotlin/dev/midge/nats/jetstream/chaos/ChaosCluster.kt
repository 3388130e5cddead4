package dev.midge.nats.jetstream.chaos

import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.testing.NatsCluster
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.NatsServerStartException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.random.Random
import java.time.Duration as JavaDuration

/** What befalls a server. */
internal enum class Fault { KILL, LAME_DUCK }

/** Three servers with a stream and the [consumers] on all of them, and what is done to them. */
internal class ChaosCluster(val cluster: NatsCluster, private val stream: String, private val consumers: List<String>) {
    private val http: HttpClient = HttpClient.newBuilder().connectTimeout(JavaDuration.ofSeconds(1)).build()

    /** How often a server did not find back into its cluster, which is nothing of ours. */
    var restartsInVain = 0
        private set

    /** The one that leads the stream: it alone says so of itself. */
    suspend fun streamLeader(): NatsServerProcess? = cluster.nodes.firstOrNull { it.isAlive && "stream" in leads(it) }

    /** Waits until the cluster, the stream and the consumers have leaders other than [victim], which may still believe that it is one. */
    suspend fun awaitLeaders(victim: NatsServerProcess? = null) {
        val wanted = consumers.toSet() + "stream" + "meta"
        until { cluster.nodes.filter { it.isAlive && it !== victim }.flatMapTo(HashSet()) { leads(it) }.containsAll(wanted) }
    }

    /** [fault] happens to [node]; returns once it is on its way. */
    fun strike(fault: Fault, node: NatsServerProcess): Unit = if (fault == Fault.KILL) node.kill() else node.signal("ldm")

    /** Has [node] come back after [fault], and returns when it has caught up. */
    suspend fun heal(node: NatsServerProcess): Unit = withContext(Dispatchers.IO) {
        check(node.awaitExit(JavaDuration.ofSeconds(25))) { "the server still has clients" }
        for (attempt in 1..ATTEMPTS) {
            node.restart()
            try {
                return@withContext cluster.awaitFormed()
            } catch (e: NatsServerStartException) {
                // Some releases never catch up with the cluster's leader now and then, until they are started once more.
                if (attempt == ATTEMPTS) throw e
                restartsInVain++
            }
        }
    }

    suspend fun victim(wantsLeader: Boolean, random: Random): NatsServerProcess =
        if (wantsLeader) checkNotNull(streamLeader()) { "no leader" } else cluster.nodes.random(random)

    /** Of what [node] says that it is the leader. */
    private suspend fun leads(node: NatsServerProcess): Set<String> = withContext(Dispatchers.IO) {
        val name = "node-${cluster.nodes.indexOf(node) + 1}"
        val page = try {
            monitor(node)
        } catch (_: IOException) {
            return@withContext emptySet()
        }
        buildSet {
            if (page.leader("meta_cluster") == name) add("meta")
            val details = page["account_details"]?.jsonArray.orEmpty().flatMap { it.jsonObject["stream_detail"]?.jsonArray.orEmpty() }
            val ours = details.map { it.jsonObject }.firstOrNull { it["name"]?.jsonPrimitive?.content == stream } ?: return@buildSet
            if (ours.leader("cluster") == name) add("stream")
            for (consumer in ours["consumer_detail"]?.jsonArray.orEmpty().map { it.jsonObject }) {
                if (consumer.leader("cluster") == name) add(consumer.getValue("name").jsonPrimitive.content)
            }
        }
    }

    private fun JsonObject.leader(of: String): String? = get(of)?.jsonObject?.get("leader")?.jsonPrimitive?.content

    private fun monitor(node: NatsServerProcess): JsonObject {
        val uri = URI("${node.monitorUrl}/jsz?acc=\$G&streams=1&consumers=1")
        val request = HttpRequest.newBuilder(uri).timeout(JavaDuration.ofSeconds(1)).build()
        return Json.parseToJsonElement(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).jsonObject
    }

    companion object {
        private const val ATTEMPTS = 3

        /** The shortest that the server takes; it ends as soon as its last client has left. */
        private const val LAME_DUCK_CONFIG = "lame_duck_duration: 30s, lame_duck_grace_period: 1s"

        suspend fun start(version: String, stream: String, consumers: List<String>): ChaosCluster = withContext(Dispatchers.IO) {
            val cluster = NatsCluster.start {
                this.version = version
                jetStream = true
                config = LAME_DUCK_CONFIG
                startTimeout = JavaDuration.ofSeconds(15)
            }
            ChaosCluster(cluster, stream, consumers)
        }
    }
}
