package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.RawApi
import dev.midge.nats.bench.client.Target
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

/** JetStream's API by no client, for the streams that are measured. Used by one thread. */
internal class StreamApi(target: Target) : AutoCloseable {
    private val api = RawApi(target)

    /** Makes the stream [name] anew, in memory, with what [more] of its configuration says. */
    fun renewStream(name: String, subjects: List<String>, more: String = "") {
        deleteStream(name)
        val listed = subjects.joinToString { "\"$it\"" }
        ask("STREAM.CREATE.$name", """{"name":"$name","subjects":[$listed],"storage":"memory"$more}""")
    }

    fun deleteStream(name: String) {
        ask("STREAM.DELETE.$name", mayFail = true)
    }

    /** Sends [ahead] and then [payload], and returns the sequence of that when it is stored. */
    fun store(subject: String, payload: ByteArray, ahead: ByteArray = ByteArray(0)): Long =
        parse(api.request(subject, payload, ahead)).getValue("seq").jsonPrimitive.long

    fun ask(what: String, body: String = "", mayFail: Boolean = false): JsonObject =
        parse(api.request("\$JS.API.$what", body.encodeToByteArray()), mayFail)

    private fun parse(answer: String, mayFail: Boolean = false): JsonObject = Json.parseToJsonElement(answer).jsonObject.also {
        check(mayFail || "error" !in it) { "the server refuses: $answer" }
    }

    override fun close() = api.close()
}
