package dev.midge.nats.promises

import dev.midge.nats.testing.NatsServerProcess
import io.kotest.matchers.string.shouldNotContainIgnoringCase
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

private val http = HttpClient.newHttpClient()

/** A page of the server's monitoring endpoint. */
suspend fun NatsServerProcess.monitor(path: String): JsonObject = withContext(Dispatchers.IO) {
    val response = http.send(HttpRequest.newBuilder(URI("$monitorUrl$path")).build(), HttpResponse.BodyHandlers.ofString())
    Json.parseToJsonElement(response.body()).jsonObject
}

/** A subscription as the server knows it; [max] is 0 where there is no limit. */
data class ServerSubscription(val sid: Long, val subject: String, val queueGroup: String?, val max: Long)

/** What the server holds for the client that is called [name]. */
suspend fun NatsServerProcess.subscriptionsOf(name: String): Set<ServerSubscription> {
    val clients = monitor("/connz?subs=detail&limit=1024").getValue("connections").jsonArray.map { it.jsonObject }
    val client = clients.single { it["name"]?.jsonPrimitive?.content == name }
    return client["subscriptions_list_detail"]?.jsonArray.orEmpty().mapTo(HashSet()) { element ->
        val fields = element.jsonObject
        ServerSubscription(
            sid = fields.getValue("sid").jsonPrimitive.content.toLong(),
            subject = fields.getValue("subject").jsonPrimitive.content,
            queueGroup = fields["qgroup"]?.jsonPrimitive?.content,
            max = fields["max"]?.jsonPrimitive?.long ?: 0,
        )
    }
}

/** How many clients are connected. */
suspend fun NatsServerProcess.clients(): Int = monitor("/connz?limit=4096").getValue("num_connections").jsonPrimitive.content.toInt()

/** Whether the server knows of a subscriber of [subject] on another server of its cluster. */
suspend fun NatsServerProcess.knowsRemoteInterest(subject: String): Boolean =
    monitor("/routez?subs=1").getValue("routes").jsonArray.any { route ->
        route.jsonObject["subscriptions_list"]?.jsonArray.orEmpty().any { it.jsonPrimitive.content == subject }
    }

/** How many other servers of its cluster it is connected to. */
suspend fun NatsServerProcess.peers(): Int =
    monitor("/routez").getValue("routes").jsonArray.mapTo(HashSet()) { it.jsonObject.getValue("remote_id").jsonPrimitive.content }.size

/** The server has met no torn frame. */
fun NatsServerProcess.shouldHaveReadWholeFrames() {
    log() shouldNotContainIgnoringCase "parser error"
    log() shouldNotContainIgnoringCase "unknown protocol"
}
