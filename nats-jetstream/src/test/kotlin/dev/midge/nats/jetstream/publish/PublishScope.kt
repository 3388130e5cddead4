package dev.midge.nats.jetstream.publish

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOptions
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.fixtures.withOwnServer
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.io.File
import java.util.Base64
import kotlin.time.Duration.Companion.seconds

/** A server and a connection to it, for one test. */
internal class PublishScope(val server: NatsServerProcess, val nats: NatsConnection) {
    val js: JetStream = nats.jetStream()

    fun jetStream(configure: JetStreamOptions.Builder.() -> Unit): JetStream = nats.jetStream(configure)

    /** Makes a stream with [subject]; [more] are further fields of its configuration, with a comma before them. */
    suspend fun createStream(name: String, subject: String, more: String = ""): JsonObject = js.channel.request(
        "STREAM",
        "CREATE",
        name,
        body = Json.parseToJsonElement("""{"name":"$name","subjects":["$subject"],"storage":"file"$more}""") as JsonObject,
    )

    /** How many messages [stream] has. */
    suspend fun count(stream: String): Long = js.channel.request("STREAM", "INFO", stream).obj("state").number("messages")

    /** The text of one message of [stream]. */
    suspend fun stored(stream: String, sequence: Long): String {
        val body = JsonObject(mapOf("seq" to JsonPrimitive(sequence)))
        val message = js.channel.request("STREAM", "MSG", "GET", stream, body = body).obj("message")
        return Base64.getDecoder().decode(message.text("data")).decodeToString()
    }

    /** Freezes the server, and returns when all its threads stand still: until then it may answer what was sent after the signal. */
    suspend fun freeze() {
        server.pause()
        val threads = File("/proc/${server.pid}/task")
        until { threads.listFiles().orEmpty().all { File(it, "stat").readText().substringAfterLast(") ").startsWith("T") } }
    }

    suspend fun storedAll(stream: String): List<String> = (1..count(stream)).map { stored(stream, it) }
}

/** A test with a server of [version]. */
internal fun FunSpec.onServer(
    name: String,
    version: String,
    hasJetStream: Boolean = true,
    options: NatsOptions.Builder.() -> Unit = {},
    test: suspend PublishScope.() -> Unit,
) {
    test("$name, on nats-server $version").config(timeout = 60.seconds) {
        withOwnServer(version, hasJetStream, options) { server, nats -> PublishScope(server, nats).test() }
    }
}

internal fun bytes(text: Any): ByteArray = text.toString().encodeToByteArray()

internal fun json(text: String): JsonObject = Json.parseToJsonElement(text) as JsonObject

/** Returns once [count] requests of the connection wait for their replies. */
internal suspend fun NatsConnection.awaitPending(count: Int): Unit = until { stats().pendingRequests == count }
