package dev.midge.nats.jetstream.internal.streams

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.BackupException
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.next
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Reads a stream as its server writes it: a line of JSON with configuration and state, and behind it the server's archive in chunks. The server
 * sends the next chunk when one was acknowledged, which happens when the collector has taken it.
 */
@OptIn(InternalNatsApi::class)
internal class StreamBackup(private val channel: ApiChannel, private val stream: String) {
    private val subject = channel.subjects.of("STREAM", "SNAPSHOT", stream)

    fun read(withConsumers: Boolean): Flow<ByteArray> = flow {
        // One connection has to ask and to be answered.
        val connection = channel.nats.seam(Subject(subject)).connection
        val inbox = connection.newInbox()
        // Whatever the user's default is: an archive with a hole is none.
        val subscription = connection.subscribe(inbox, overflow = Overflow.Fail(MOST_WAITING, Long.MAX_VALUE))
        try {
            coroutineScope {
                val chunks = subscription.buffer(0).produceIn(this)
                emit((begin(connection, inbox, withConsumers).toString() + '\n').encodeToByteArray())
                readChunks(connection, chunks)
                chunks.cancel()
            }
        } finally {
            withContext(NonCancellable) { subscription.unsubscribe() }
        }
    }

    private suspend fun begin(connection: NatsConnection, inbox: Subject, withConsumers: Boolean): JsonObject {
        val body = buildMap {
            put("deliver_subject", JsonPrimitive(inbox.value))
            put("chunk_size", JsonPrimitive(CHUNK_BYTES))
            if (!withConsumers) put("no_consumers", JsonPrimitive(true))
        }
        val answer = ApiChannel(connection, channel.options)
            .request("STREAM", "SNAPSHOT", stream, body = JsonObject(body), target = ApiTarget(stream))
        return JsonObject(answer.filterKeys { it == "config" || it == "state" })
    }

    private suspend fun FlowCollector<ByteArray>.readChunks(connection: NatsConnection, chunks: ReceiveChannel<NatsMessage>) {
        while (true) {
            val chunk = chunks.next(channel, subject, stream)
            if (chunk.payload.isEmpty()) return checkEnd(chunk)
            emit(chunk.payload)
            if (chunk.replyTo != null) connection.reply(chunk)
        }
    }

    private fun checkEnd(end: NatsMessage) {
        val status = end.status ?: return
        if (status.code >= FIRST_ERROR) throw BackupException(stream, "${status.code} ${status.description}")
    }

    private companion object {
        const val CHUNK_BYTES = 128 * 1024
        const val FIRST_ERROR = 400
        const val MOST_WAITING = 64 * 1024
    }
}
