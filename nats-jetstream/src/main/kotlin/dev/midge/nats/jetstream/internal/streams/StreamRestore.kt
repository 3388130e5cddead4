package dev.midge.nats.jetstream.internal.streams

import dev.midge.nats.NatsMessage
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.jetstream.BackupException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.StreamInfo
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiFailures
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

/** Gives a server what [StreamBackup] has read, in pieces of any size: the line of JSON first, then chunk after chunk, each acknowledged. */
internal class StreamRestore(private val channel: ApiChannel) {
    private var head = ByteArray(0)
    private var target: Target? = null

    /** What the server has begun to restore. */
    private class Target(val stream: String, val subject: String)

    suspend fun restore(pieces: Flow<ByteArray>): StreamInfo {
        pieces.collect { piece ->
            val begun = target
            if (begun == null) begin(piece) else send(begun, piece)
        }
        val begun = target ?: throw BackupException(null, "it has no first line of JSON")
        return StreamInfo(parse(begun, give(begun, ByteArray(0))))
    }

    /** Gathers the first line, and asks the server for the stream that it describes. */
    private suspend fun begin(piece: ByteArray) {
        head += piece
        if (head.size > LONGEST_HEAD) throw BackupException(null, "its first line is longer than $LONGEST_HEAD B")
        val end = head.indexOf('\n'.code.toByte())
        if (end < 0) return
        val description = describe(head.decodeToString(0, end))
        val stream = description.obj("config").textOrNull("name") ?: throw BackupException(null, "its first line names no stream")
        val answer = channel.request("STREAM", "RESTORE", stream, body = description, target = ApiTarget(stream))
        val begun = Target(stream, answer.text("deliver_subject"))
        target = begun
        send(begun, head.copyOfRange(end + 1, head.size))
    }

    private fun describe(line: String): JsonObject = try {
        Json.parseToJsonElement(line) as? JsonObject
    } catch (e: SerializationException) {
        throw BackupException(null, "its first line is no JSON", e)
    } ?: throw BackupException(null, "its first line is no JSON object")

    private suspend fun send(target: Target, piece: ByteArray) {
        for (from in piece.indices step CHUNK_BYTES) {
            val chunk = piece.copyOfRange(from, minOf(from + CHUNK_BYTES, piece.size))
            val answer = give(target, chunk)
            if (answer.payload.isNotEmpty()) parse(target, answer)
        }
    }

    private suspend fun give(target: Target, chunk: ByteArray): NatsMessage = try {
        channel.nats.request(target.subject, chunk, timeout = channel.options.timeout)
    } catch (e: RequestTimeoutException) {
        throw JetStreamTimeoutException(target.subject, target.stream, null, channel.options.timeout, e)
    } catch (e: NoRespondersException) {
        throw BackupException(target.stream, "the server has given it up", e)
    }

    private fun parse(target: Target, answer: NatsMessage): JsonObject {
        val json = ApiChannel.parse(target.subject, answer)
        json.objectOrNull("error")?.let { throw ApiFailures.of(it, target.subject, ApiTarget(target.stream)) }
        return json
    }

    private companion object {
        const val CHUNK_BYTES = 128 * 1024
        const val LONGEST_HEAD = 4 * 1024 * 1024
    }
}
